"""The one door between async code and the database. Everything behind it is awaited and returns plain
values.
"""
