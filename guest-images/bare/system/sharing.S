# A loop that counts in a word of its own page: data and code under one roof, which costs who watches pages for changes.
# eax: the word; ecx: how often.  Runs from a copy, so it must not name an address.

        .text
        .globl  sharing_code, sharing_code_end
sharing_code:
        incl    (%eax)
        decl    %ecx
        jnz     sharing_code
        ret
sharing_code_end:

        .section .note.GNU-stack, "", @progbits
