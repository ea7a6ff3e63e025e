#!/usr/bin/env zsh
# What a person at a zsh gets: for each line of stdin, which is a command line, the words that are offered behind it with '|' between them, a tab, and
# the line as Tab leaves it. Words that Tab ends have a blank behind them. Usage: answers.zsh DIRECTORY-OF-_svcmgr
zmodload zsh/zpty || exit 1
zpty shell "zsh -f -i" || exit 1
trap 'zpty -d shell' EXIT

say() { zpty -w shell "$1"; }
# Reads until the line with a mark; the shell's echo of it has quotes in it.
until_mark() {
    local line
    while zpty -r shell line; do
        [[ $line != *"MARK:"* ]] || { reply=${${line#*MARK:}%%:END*}; return 0; }
    done
    return 1
}

say "PS1= PROMPT_EOL_MARK= HISTFILE= fpath=($1 \$fpath); unset zle_bracketed_paste; unsetopt beep; stty cols 2000"
say "autoload -Uz compinit && compinit -u -D"
# Each call for words that are offered goes on to the real one, and what fits is written down.
say 'compadd() { local -a fit; [[ " $*" == *" -"[ADO]" "* ]] || { builtin compadd -A fit "$@"; [[ $1 != -S ]] && fit=("${(@)^fit} "); offered+=("${fit[@]}"); }; builtin compadd "$@"; }'
say 'typeset -ga offered; tell() { print -r -- "MA""RK:${(j:|:)${(@o)offered}}"$'"'\\t'"'"$BUFFER:END"; offered=(); BUFFER= }; zle -N tell; bindkey "^T" tell'
say 'print MA""RK:ready:END'
until_mark || exit 1
while IFS= read -r line; do
    zpty -w -n shell "$line"$'\t\x14'
    until_mark || exit 1
    print -r -- "$reply"
done
