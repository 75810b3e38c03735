"""Reference answers, one module a notebook, one function an exercise.

A function that bears the name of an exercise takes what the exercise gives, by name, and returns the answer; where the
exercise asks for a function, it is that function.
"""
