# Prints the first block of a language of a Markdown file: awk -v language=cpp -f first_block.awk README.md
$0 == "```" language && !done { inside = 1; next }
inside && $0 == "```" { inside = 0; done = 1 }
inside { print }
