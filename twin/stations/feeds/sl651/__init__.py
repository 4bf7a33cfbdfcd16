"""SL 651-2014: what rain and level stations in China send, over TCP; this side is the centre station."""
