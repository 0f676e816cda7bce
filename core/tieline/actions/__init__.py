"""Pressed buttons: a request row is picked up, decided by the plugin's handler, carried out by the engine, and answered
on the row, so that the person who pressed sees what happened."""
