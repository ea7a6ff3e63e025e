# scdoc writes a paragraph macro at every blank line. Those that formatters skip are dropped here, and one before the end of an indented
# part moves behind it, where it makes the blank line that was meant.
/^\.P$/ { pending = !at_start; next }
/^\.RE/ { print; at_start = 0; next }
/^\.(TH|SH|SS)/ { print; pending = 0; at_start = 1; next }
{
    if (pending) print ".P"
    pending = 0
    at_start = 0
    print
}
