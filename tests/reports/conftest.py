"""The people and cases of the appeals' tests."""

from tests.appeals.conftest import bring_to, county, register, rows

__all__ = ["bring_to", "county", "register", "rows"]
