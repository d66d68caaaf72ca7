"""`make faults`: each AWS call of each flow fails in every way, and then everything must still be as promised."""
