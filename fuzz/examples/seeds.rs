use dictdb_fuzz::{blocks, sample};
fn main(){ let d=sample::database(); let dir=std::env::args().nth(1).unwrap();
 let w=|n:&str,l:u8,b:&[u8]| std::fs::write(format!("{dir}/{n}"),[&[l],b].concat()).unwrap();
 let (j,b)=(sample::saved(*d,"json"),sample::saved(*d,"dictdb")); let (_,delta)=sample::backups();
 w("sample-json",b'J',&j); w("sample-binary",b'B',&b); w("sample-parts",b'P',&blocks::take_apart(&b)); w("sample-delta",b'D',&delta);
}
