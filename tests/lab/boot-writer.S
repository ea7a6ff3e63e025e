# A guest without an operating system, for nodes that emulate it twice: the boot sector of its disk, which writes the number of each sector into it,
# one after the other, 18 a second (BIOS, INT 13h AH=43h; the tick at 0040:006C). What can't be written is left out, and stays empty.
    .code16
    .globl _start
_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    sti
    movb %dl, drive
next:
    incl sector
    movl sector, %eax
    movl %eax, content
    movw $packet, %si
    movw $0x4300, %ax
    movb drive, %dl
    int $0x13
    movl 0x46c, %eax
tick:
    hlt
    cmpl 0x46c, %eax
    je tick
    jmp next

drive:
    .byte 0
    .align 4
packet:                 # the disk address packet
    .byte 16, 0
    .word 1             # sectors
    .word content, 0
sector:
    .long 0, 0

    .org 510
    .word 0xaa55
    .set content, 0x8000
