//! The real way outwards, against sockets of this machine.

use parclose_oidc::{Fetch, HttpFetch, Outgoing, Unreachable};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

/// Answers one connection with this and gives what was asked.
async fn server(answer: Vec<u8>) -> (Url, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/somewhere", listener.local_addr().unwrap())).unwrap();
    let asked = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 8192];
        let read = socket.read(&mut buffer).await.unwrap();
        let _ = socket.write_all(&answer).await;
        let _ = socket.shutdown().await;
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    });
    (url, asked)
}

fn get(url: Url) -> Outgoing {
    Outgoing { url, form: None, basic: None }
}

#[tokio::test]
async fn questions_and_forms_go_out_and_answers_come_back() {
    let (url, asked) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()).await;
    let form = Some(vec![("code", "a b&c".to_owned())]);
    let answer = HttpFetch::new().unwrap().send(Outgoing { form, basic: Some(("me".into(), "secret".into())), ..get(url) }).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"{}".as_slice()));
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("POST /somewhere HTTP/1.1") && asked.ends_with("code=a+b%26c"), "{asked}");
    assert!(asked.to_lowercase().contains("authorization: basic bwu6c2vjcmv0"), "{asked}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_a_way() {
    let (inner, _asked) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret".to_vec()).await;
    let (url, _) = server(format!("HTTP/1.1 302 Found\r\nlocation: {inner}\r\ncontent-length: 0\r\n\r\n").into_bytes()).await;
    let answer = HttpFetch::new().unwrap().send(get(url)).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (302, 0));
}

#[tokio::test]
async fn large_answers_are_not_read_and_silence_is_an_error() {
    let mut large = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 2 << 20).into_bytes();
    large.resize(large.len() + (2 << 20), b'x');
    let (url, _) = server(large).await;
    assert_eq!(HttpFetch::new().unwrap().send(get(url)).await.unwrap_err(), Unreachable("too_large"));
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap()
    };
    assert_eq!(HttpFetch::new().unwrap().send(get(closed)).await.unwrap_err(), Unreachable("connection"));
    let (url, _) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
    assert_eq!(HttpFetch::new().unwrap().send(get(url)).await.unwrap_err(), Unreachable("cut_off"));
}
