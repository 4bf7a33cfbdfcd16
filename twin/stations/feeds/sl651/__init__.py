"""Centre station of SL 651-2014, over TCP.

What rain and level stations in China send.
"""
