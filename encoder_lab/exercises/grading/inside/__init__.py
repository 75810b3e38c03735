"""What lies within the walls, and no other file of the exercises: these import one another by their bare names."""
