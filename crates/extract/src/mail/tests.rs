use encoding_rs::{BIG5, GBK};
use tiaowen_blocks::{DroppedKind, Layout};

use super::{attachments, mail};
use crate::ExtractError;
use crate::compose::shown;

fn lines(bytes: &[u8]) -> Vec<String> {
    let read = mail(bytes).unwrap();
    shown(&read).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for nth in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * nth) & 63) as usize];
            out.push(if nth <= group.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

fn quoted(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("={byte:02X}")).collect()
}

#[test]
fn a_text_in_every_encoding() {
    for (subject, text, encoding, name) in [
        ("粵港合作協議", "第一條　雙方同意。", BIG5, "big5"),
        ("粤港合作协议", "第一条　双方同意。", GBK, "gb2312"),
    ] {
        let (subject_bytes, bytes) = (encoding.encode(subject).0, encoding.encode(text).0);
        // A character split between two encoded words.
        let (first, second) = subject_bytes.split_at(5);
        let subject_words =
            format!("=?{name}?B?{}?=\r\n =?{name}?Q?{}?=", base64(first), quoted(second));
        for (way, body) in [("base64", base64(&bytes)), ("quoted-printable", quoted(&bytes))] {
            let message = format!(
                "Received: by x\r\nSubject: {subject_words}\r\nFrom: =?utf-8?B?{}?= <a@b.hk>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0800\r\nTo: c@d.cn\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"{name}\"\r\nContent-Transfer-Encoding: {way}\r\n\r\n{body}\r\n",
                base64("張三".as_bytes())
            );
            assert_eq!(
                lines(message.as_bytes()),
                [
                    subject,
                    "From: 張三 <a@b.hk>",
                    "To: c@d.cn",
                    "Date: Mon, 1 Jan 2024 10:00:00 +0800",
                    text
                ]
            );
            let read = mail(message.as_bytes()).unwrap();
            assert_eq!(read.layout, Layout::Plain);
            assert_eq!(read.left_out.len(), 1, "{read:?}");
        }
        // Eight-bit text with no or a wrong encoding.
        for declared in ["", "Content-Type: text/plain; charset=us-ascii\n"] {
            let mut message = format!("To: a\nSubject: x\n{declared}\n").into_bytes();
            message.extend(encoding.encode(&format!("{text}{text}{subject}")).0.iter());
            assert!(lines(&message)[2].starts_with(text), "{declared}");
        }
    }
}

fn parts(kind: &str, parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("--=_b\r\n{part}\r\n")).collect();
    format!(
        "Content-Type: multipart/{kind};\r\n boundary=\"=_b\"\r\n\r\npreamble\r\n{parts}--=_b--\r\nepilogue\r\n"
    )
}

#[test]
fn parts_forms_and_attachments() {
    let page = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>第一條　內容。</p><table><tr><td>甲<td>乙<tr><td>丙<td>丁</table>".to_owned();
    let plain = "Content-Type: text/plain; charset=utf-8\r\n\r\n第一條　內容。".to_owned();
    let forms = parts("alternative", &[plain.clone(), page]).replace("=_b", "=_c");
    let file = format!(
        "Content-Type: application/octet-stream; name=\"a.txt\"\r\nContent-Disposition: attachment;\r\n filename*0*=UTF-8''%E5%8D%94;\r\n filename*1*=%E8%AD%B0.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64("附件一".as_bytes())
    );
    let forwarded =
        format!("Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nTo: z\r\n\r\n{}", "內文");
    let signature = "Content-Type: application/pgp-signature\r\n\r\nxyz".to_owned();
    let message = format!(
        "Subject: 協議\r\nTo: a@b\r\nMIME-Version: 1.0\r\n{}",
        parts("mixed", &[forms, file, forwarded, signature])
    );
    assert_eq!(
        lines(message.as_bytes()),
        ["# 協議", "To: a@b", "第一條　內容。", "甲\t乙", "丙\t丁"]
    );
    let read = mail(message.as_bytes()).unwrap();
    let whys: Vec<String> = read.left_out.iter().map(|left| left.why.to_string()).collect();
    for why in [
        "the mail's head",
        "another form",
        "attached to the mail: 協議.txt",
        "attached to the mail: message/rfc822",
        "isn't verified",
    ] {
        assert!(whys.iter().any(|known| known.contains(why)), "{why}: {whys:?}");
    }
    let files = attachments(message.as_bytes());
    assert_eq!(files.len(), 2);
    assert_eq!(
        (files[0].name.as_deref(), &files[0].bytes[..]),
        (Some("協議.txt"), "附件一".as_bytes())
    );
    assert_eq!((files[1].name.as_deref(), files[1].end), (None, "eml"));
    assert_eq!(lines(&files[1].bytes), ["inner", "To: z", "內文"]);
}

#[test]
fn a_page_saved_as_mail_is_a_page() {
    let page = format!(
        "Content-Type: text/html; charset=\"gb2312\"\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: http://example.org/a\r\n\r\n{}",
        quoted(&GBK.encode("<h1>协议</h1><p>第一条　内容。</p><p>第二条　内容。</p>").0)
    );
    let picture = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: http://example.org/b.png\r\n\r\niVBORw0K".to_owned();
    let message = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://example.org/a\r\nSubject: =?utf-8?Q?x?=\r\nMIME-Version: 1.0\r\n{}",
        parts("related", &[page, picture])
    );
    assert_eq!(lines(message.as_bytes()), ["# 协议", "第一条　内容。", "第二条　内容。"]);
    assert!(attachments(message.as_bytes()).is_empty());
    let read = mail(message.as_bytes()).unwrap();
    assert!(read.left_out.iter().any(|left| left.kind == DroppedKind::Unreadable));
}

#[test]
fn flowed_lines_and_damaged_messages() {
    let flowed =
        "To: a\nContent-Type: text/plain; format=flowed\n\n雙方同意 \n合作。\nsome \nwords\n";
    assert_eq!(lines(flowed.as_bytes()), ["To: a", "雙方同意合作。", "some words"]);
    for (bytes, error) in [(&b""[..], "empty"), (b"no head at all", "no head of lines")] {
        assert!(mail(bytes).unwrap_err().to_string().contains(error));
    }
    assert_eq!(
        mail(b"MIME-Version: 1.0\nContent-Type: application/pdf\n\n%PDF"),
        Err(ExtractError::Empty)
    );
    // Parts without an end, inside themselves, or empty.
    let nested = (0..100).fold(String::from("To: a\n"), |text, _| {
        text + "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    });
    for message in [
        nested.as_str(),
        "To: a\nContent-Type: multipart/mixed; boundary=b\n\n--b",
        "To: a\nContent-Type: multipart/mixed\n\ntext",
        "To: =?x?B?",
        "To: =?utf-8?Q?=?=\nContent-Type: text/plain; charset*=x; name*1*=%\n\n=",
        "Content-Type: ;;;=;\"\n\n",
    ] {
        let _ = (mail(message.as_bytes()), attachments(message.as_bytes()));
    }
}
