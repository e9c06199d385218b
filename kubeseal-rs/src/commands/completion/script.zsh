#compdef kubeseal-rs kubeseal
# Completion of kubeseal-rs and kubeseal for zsh: PROGRAM says what can stand at the cursor.
_kubeseal_rs() {
    local line files
    local -a candidates
    while IFS= read -r line; do
        case $line in
            (:files) files=1 ;;
            (*) candidates+=("$line") ;;
        esac
    done < <(VARIABLE=zsh PROGRAM -- "" "$((CURRENT - 1))" "${(Q)words[@]}" 2>/dev/null </dev/null)
    (( $#candidates )) && _describe -V kubeseal-rs candidates
    if [[ -n $files ]]; then
        [[ $words[CURRENT] == --*=* ]] && compset -P 1 '*='
        _files
    fi
}
# A file in fpath is the body of the function that completes; a script that is sourced registers it.
if [[ $funcstack[1] == _* ]]; then
    _kubeseal_rs "$@"
else
    compdef _kubeseal_rs kubeseal-rs kubeseal
fi
