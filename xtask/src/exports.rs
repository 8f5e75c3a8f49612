//! `tests-c/exports.h`: every function of the header as data, so that tests can call them all, with any arguments. A declaration
//! with a type that is not known here is an error: no function, argument or callback can be left out.

use std::error::Error;
use std::fmt::Write;

struct Function<'a> {
    name: &'a str,
    result: &'a str,
    parameters: Vec<Parameter<'a>>,
}

struct Parameter<'a> {
    name: &'a str,
    kind: &'static str,
    /// What the kind is of: of handles and callbacks there are several.
    of: String,
    /// How the value is taken from the union of all values.
    value: String,
}

const HEAD: &str = r#"/* Generated from include/dictdb.h by `cargo xtask generate`. Do not edit. */

/*
 * exports.h: every function of dictdb.h as data: what it takes, and a way to call it with any values.
 */
#ifndef EXPORTS_H
#define EXPORTS_H

#include <dictdb.h>
"#;

const TYPES: &str = r#"
/** What a parameter takes or gives. A text is followed by its length, handles by their count, a callback by its context. */
typedef enum {
    TAKES_HANDLE,
    TAKES_HANDLES,
    TAKES_TEXT,
    TAKES_SIZE,
    TAKES_I32,
    TAKES_U32,
    TAKES_I64,
    TAKES_U64,
    TAKES_CALLBACK,
    TAKES_CONTEXT,
    TAKES_BUFFER,
    GIVES_BUFFER,
    GIVES_HANDLE,
    GIVES_ERROR,
    GIVES_TEXT,
    GIVES_SIZE,
    GIVES_I32,
    GIVES_U64
} parameter_kind;

typedef struct {
    const char *name;
    parameter_kind kind;
    /** Of a handle or a callback: which. */
    int of;
} parameter;

typedef union {
    void *pointer;
    void (*callback)(void);
    uint64_t number;
} argument;

typedef enum { RETURNS_NOTHING, RETURNS_STATUS, RETURNS_TEXT, RETURNS_NUMBER, RETURNS_FLAG } result_kind;

typedef union {
    dictdb_status status;
    const char *text;
    uint64_t number;
    int32_t *flag;
} result;

enum { PARAMETERS_MAX = @ };

typedef struct {
    const char *name;
    result_kind returns;
    int count;
    parameter parameters[PARAMETERS_MAX];
    result (*call)(const argument *a);
} export_function;
"#;

pub fn exports(header: &str) -> Result<String, Box<dyn Error>> {
    let statements = statements(header);
    let handles: Vec<&str> = statements.iter().filter_map(|text| handle(text)).collect();
    let callbacks: Vec<&str> = statements
        .iter()
        .filter_map(|text| callback(text))
        .collect();
    let functions = statements
        .iter()
        .filter(|text| !text.starts_with("typedef "))
        .map(|text| function(text, &handles, &callbacks))
        .collect::<Result<Vec<_>, _>>()?;
    let most = functions.iter().map(|function| function.parameters.len());

    let mut out = HEAD.to_owned();
    out.push_str("\n/** Kinds of handles. */\n#define EACH_HANDLE(DO)");
    for name in &handles {
        let noun = name.trim_start_matches("dictdb_");
        write!(out, " \\\n    DO({}, {noun})", constant("", name))?;
    }
    out.push_str("\n\nenum {\n");
    for name in &handles {
        writeln!(out, "    {},", constant("", name))?;
    }
    out.push_str("    HANDLE_KINDS\n};\n\n/** Kinds of callbacks. */\ntypedef enum {\n");
    for name in &callbacks {
        writeln!(out, "    {},", constant("CALLS_", name))?;
    }
    out.push_str("    CALLBACK_KINDS\n} callback_kind;\n");
    out.push_str(&TYPES.replace('@', &most.max().unwrap_or(0).to_string()));
    for function in &functions {
        out.push_str(&wrapper(function)?);
    }
    out.push_str("\nstatic const export_function EXPORTS[] = {\n");
    for function in &functions {
        out.push_str(&entry(function)?);
    }
    out.push_str("};\n\nenum { EXPORT_COUNT = sizeof EXPORTS / sizeof EXPORTS[0] };\n\n#endif\n");
    Ok(out)
}

/// Declarations, each on one line, without those of constants and structs that are no handles.
fn statements(header: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = String::new();
    let mut in_comment = false;
    let mut in_braces = false;
    for line in header.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        let is_text = !in_comment
            && !line.is_empty()
            && !line.starts_with(['#', '}'])
            && !line.starts_with("extern");
        if is_text && line.ends_with('{') {
            in_braces = true;
        } else if is_text && !in_braces {
            open.push_str(line);
            open.push(' ');
        }
        in_comment &= !line.ends_with("*/");
        in_braces &= !line.starts_with('}');
        if open.trim_end().ends_with(';') {
            found.push(open.trim_end().trim_end_matches(';').to_owned());
            open.clear();
        }
    }
    found
}

/// `dictdb_db` of `typedef struct dictdb_db dictdb_db`.
fn handle(statement: &str) -> Option<&str> {
    let names = statement.strip_prefix("typedef struct ")?;
    names.split(' ').next()
}

/// `dictdb_destructor` of `typedef void (*dictdb_destructor)(void *context)`.
fn callback(statement: &str) -> Option<&str> {
    let name = statement.strip_prefix("typedef void (*")?;
    name.split(')').next()
}

fn function<'a>(
    statement: &'a str,
    handles: &[&str],
    callbacks: &[&str],
) -> Result<Function<'a>, Box<dyn Error>> {
    let unknown = || format!("xtask/src/exports.rs does not know how to read `{statement}`");
    let (before, list) = statement.split_once('(').ok_or_else(unknown)?;
    let list = list.strip_suffix(')').ok_or_else(unknown)?;
    let at = before.rfind([' ', '*']).ok_or_else(unknown)? + 1;
    let (result, name) = before.split_at(at);
    let parameters = list
        .split(", ")
        .filter(|text| *text != "void")
        .map(|text| parameter(text.trim(), handles, callbacks).ok_or_else(unknown))
        .collect::<Result<Vec<_>, _>>()?;
    let result = match result.trim() {
        "void" => "NOTHING",
        "dictdb_status" => "STATUS",
        "const char *" => "TEXT",
        "uint32_t" | "int32_t" | "uint64_t" => "NUMBER",
        "int32_t *" => "FLAG",
        _ => return Err(unknown().into()),
    };
    Ok(Function {
        name,
        result,
        parameters,
    })
}

fn parameter<'a>(text: &'a str, handles: &[&str], callbacks: &[&str]) -> Option<Parameter<'a>> {
    let (of_type, name) = text.split_at(text.rfind([' ', '*'])? + 1);
    let of_type = of_type.trim();
    let number = |kind| (kind, "0".to_owned(), format!("({of_type})@.number"));
    let pointer = |kind| (kind, "0".to_owned(), "@.pointer".to_owned());
    let (kind, of, value) = match of_type {
        "const char *" => pointer("TAKES_TEXT"),
        "size_t" => number("TAKES_SIZE"),
        "int32_t" | "dictdb_status" => number("TAKES_I32"),
        "uint32_t" => number("TAKES_U32"),
        "int64_t" => number("TAKES_I64"),
        "uint64_t" => number("TAKES_U64"),
        "void *" => pointer("TAKES_CONTEXT"),
        "dictdb_buffer *" if name == "buffer" => pointer("TAKES_BUFFER"),
        "dictdb_buffer *" => pointer("GIVES_BUFFER"),
        "dictdb_error **" => pointer("GIVES_ERROR"),
        "const char **" => pointer("GIVES_TEXT"),
        "size_t *" => pointer("GIVES_SIZE"),
        "int32_t *" => pointer("GIVES_I32"),
        "uint64_t *" => pointer("GIVES_U64"),
        _ if callbacks.contains(&of_type) => {
            let value = format!("({of_type})@.callback");
            ("TAKES_CALLBACK", constant("CALLS_", of_type), value)
        }
        _ => {
            let bare = of_type.trim_start_matches("const ");
            let noun = bare.split(' ').next()?;
            let kind = match bare.strip_prefix(noun)? {
                " *" => "TAKES_HANDLE",
                " **" => "GIVES_HANDLE",
                " *const *" => "TAKES_HANDLES",
                _ => return None,
            };
            let of = handles.contains(&noun).then(|| constant("", noun))?;
            (kind, of, "@.pointer".to_owned())
        }
    };
    Some(Parameter {
        name,
        kind,
        of,
        value,
    })
}

/// `PREFIX_NOUN` of `dictdb_noun`.
fn constant(prefix: &str, name: &str) -> String {
    format!(
        "{prefix}{}",
        name.trim_start_matches("dictdb_").to_uppercase()
    )
}

fn wrapper(function: &Function) -> Result<String, Box<dyn Error>> {
    let Function {
        name,
        result,
        parameters,
    } = function;
    let mut values = Vec::new();
    for (at, parameter) in parameters.iter().enumerate() {
        values.push(parameter.value.replace('@', &format!("a[{at}]")));
    }
    let call = format!("{name}({})", values.join(", "));
    let body = match *result {
        "NOTHING" => format!("{call};\n    return (result){{.number = 0}};"),
        "STATUS" => format!("return (result){{.status = {call}}};"),
        "TEXT" => format!("return (result){{.text = {call}}};"),
        "FLAG" => format!("return (result){{.flag = {call}}};"),
        _ => format!("return (result){{.number = (uint64_t){call}}};"),
    };
    let unused = if values.is_empty() {
        "    (void)a;\n"
    } else {
        ""
    };
    let mut out = String::new();
    write!(
        out,
        "\nstatic result call_{name}(const argument *a) {{\n{unused}    {body}\n}}\n"
    )?;
    Ok(out)
}

fn entry(function: &Function) -> Result<String, Box<dyn Error>> {
    let mut out = String::new();
    writeln!(
        out,
        "    {{\"{}\",\n     RETURNS_{},\n     {},\n     {{",
        function.name,
        function.result,
        function.parameters.len()
    )?;
    for Parameter { name, kind, of, .. } in &function.parameters {
        writeln!(out, "         {{\"{name}\", {kind}, {of}}},")?;
    }
    if function.parameters.is_empty() {
        out.push_str("         {NULL, TAKES_SIZE, 0},\n");
    }
    writeln!(out, "     }},\n     call_{}}},", function.name)?;
    Ok(out)
}
