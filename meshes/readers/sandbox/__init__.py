"""Tasks of the guarded child, one module each.

Each has ``read(path, *, out, ...) -> answer``. The answer is JSON; arrays go to ``.npy`` files in the folder
``out``. What is wrong with a file is raised as a ForeignFileError whose message says it without the file's
name.
"""
