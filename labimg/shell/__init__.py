"""The teaching shell: runs a command line inside a union view, and starts no process of the host.

reader      text -> commands, by the grammar of `grammar.lark`; quoting cuts words
walk        does what the commands say; builtins and variables are in the shell itself
words       $parameters, $(commands), $((sums)), patterns
machine     which file is which program; applets/ are the programs
kernel      paths, rights, devices, upon the writable layer
"""

from labimg.shell.runner import Shell

__all__ = ["Shell"]
