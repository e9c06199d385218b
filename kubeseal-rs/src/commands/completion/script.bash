# Completion of kubeseal-rs and kubeseal for Bash: PROGRAM says what can stand at the cursor.
_kubeseal_rs() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            # Bash completes names of files itself where nothing else is offered.
            :files) compopt -o default 2>/dev/null ;;
            *) COMPREPLY+=("$line") ;;
        esac
    done < <(VARIABLE=bash PROGRAM -- "${COMP_LINE:0:COMP_POINT}" "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null </dev/null)
}
# Bash 3, as on macOS, has no compopt, and offers names of files wherever nothing else is offered.
if type compopt >/dev/null 2>&1; then
    complete -F _kubeseal_rs kubeseal-rs kubeseal
else
    complete -o default -F _kubeseal_rs kubeseal-rs kubeseal
fi
