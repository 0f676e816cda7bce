"""The rehearsal: histories of the simulation with a vendor's real client in front of its local stand-in, inside one
process and on a virtual clock."""
