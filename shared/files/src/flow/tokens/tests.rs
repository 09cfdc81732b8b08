//! The pieces of XML.

use super::*;

/// The pieces of a text, or why it is refused.
fn pieces(text: &str) -> Result<String, FileFault> {
    let mut tokens = Tokens::open(text.as_bytes()).map_err(|it| it.fault)?;
    let mut found = String::new();
    loop {
        match tokens.next().map_err(|it| it.fault)? {
            Token::Open(tag) => found.extend(["(", tag.name()]),
            Token::Words(words) => found.push_str(&words),
            Token::Letter(letter) => found.push(letter),
            Token::Close => found.push(')'),
            Token::Aside => found.push('~'),
            Token::End => return Ok(found),
        }
    }
}

#[test]
fn xml_comes_in_pieces() {
    assert_eq!(pieces("<a x='1'>m&amp;&#x41;<b/><![CDATA[<c>]]></a >").as_deref(), Ok("(am&A(b)<c>)"));
    assert_eq!(pieces("<!-- a --><a><?b?></a>\n").as_deref(), Ok("~(a~)\n"));
    assert_eq!(pieces("<a>&lt;&gt;&apos;&quot;</a>").as_deref(), Ok("(a<>'\")"));
}

#[test]
fn what_is_left_open_at_the_end_was_cut_and_what_does_not_match_is_ill_formed() {
    for cut in ["<a>", "<a", "<a><b></b>", "<a>mo", "<a><!-- ", "<a><![CDATA[", "<a x='", "<a>&am"] {
        assert_eq!(pieces(cut), Err(FileFault::Truncated), "{cut}");
    }
    for wrong in ["<a></b>", "</a>", "<a>&b;</a>", "<a>&b</a>", "<a/><?xml version='1.0'?>", "<a><!x></a>"] {
        assert_eq!(pieces(wrong), Err(FileFault::IllFormed), "{wrong}");
    }
}

#[test]
fn nothing_is_nested_deeper_than_the_limit() {
    let nested = |depth: usize| pieces(&format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth)));
    assert!(nested(MAX_DEPTH).is_ok());
    assert_eq!(nested(MAX_DEPTH + 1), Err(FileFault::TooDeep));
}
