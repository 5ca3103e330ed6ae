"""A leader, a moderator and a citizen made of code, who hold a broadcast for people without a camera.

They are ordinary clients: they log in, speak the socket protocol and send H.264 and Opus over WebRTC. What
they say is kept beside this file (`speech/*.ogg`, our own sentences read by flite's voices rms and slt).
"""
