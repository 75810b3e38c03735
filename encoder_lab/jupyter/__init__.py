"""The course in JupyterLab: the student's own copy of the notebooks, and the server that opens it."""
