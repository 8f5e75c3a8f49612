package dictdb

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync"
)

// An encoder makes JSON for a call: records, parameters, keys. Its memory is reused.
type encoder struct {
	out  bytes.Buffer
	json *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.json = json.NewEncoder(&e.out)
	// What is stored is what is printed back, and a record is not a part of a web page.
	e.json.SetEscapeHTML(false)
	return e
}}

func newEncoder() *encoder {
	e := encoders.Get().(*encoder)
	e.out.Reset()
	return e
}

func (e *encoder) release() {
	if e.out.Cap() <= largestKept {
		encoders.Put(e)
	}
}

// value appends any value.
func (e *encoder) value(value any) error {
	scratch := e.out.AvailableBuffer()
	switch v := value.(type) {
	case nil:
		e.out.WriteString("null")
	case string:
		e.out.Write(appendString(scratch, v))
	case int:
		e.out.Write(strconv.AppendInt(scratch, int64(v), 10))
	case int64:
		e.out.Write(strconv.AppendInt(scratch, v, 10))
	case uint64:
		e.out.Write(strconv.AppendUint(scratch, v, 10))
	case bool:
		e.out.Write(strconv.AppendBool(scratch, v))
	case Key:
		e.out.Write(v.append(scratch))
	case json.RawMessage:
		if v == nil {
			e.out.WriteString("null")
		}
		e.out.Write(v)
	default:
		if err := e.json.Encode(value); err != nil {
			return err
		}
		e.out.Truncate(e.out.Len() - 1) // the line end
	}
	return nil
}

// values appends an array.
func (e *encoder) values(values []any) error {
	separator := byte('[')
	for _, value := range values {
		e.out.WriteByte(separator)
		if err := e.value(value); err != nil {
			return err
		}
		separator = ','
	}
	if len(values) == 0 {
		e.out.WriteByte('[')
	}
	e.out.WriteByte(']')
	return nil
}

// encode makes the JSON of one value; the caller releases the encoder when the call that reads the bytes has ended. Of JSON nothing is made.
func encode(value any) (text []byte, e *encoder, err error) {
	if raw, ok := value.(json.RawMessage); ok {
		return raw, nil, nil
	}
	e = newEncoder()
	if err := e.value(value); err != nil {
		e.release()
		return nil, nil, err
	}
	return e.out.Bytes(), e, nil
}

// params makes the JSON array of the values of ?1, ?2 and so on; none is no text.
func params(args []any) (text []byte, e *encoder, err error) {
	if len(args) == 0 {
		return nil, nil, nil
	}
	e = newEncoder()
	if err := e.values(args); err != nil {
		e.release()
		return nil, nil, err
	}
	return e.out.Bytes(), e, nil
}

// done releases the encoder of encode or params, which may be none.
func (e *encoder) done() {
	if e != nil {
		e.release()
	}
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string. Bytes that are not UTF-8 go along as they are: the library refuses them, where encoding/json would
// put other characters in their place.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// An object is JSON that is built member by member; members that say nothing are left out.
type object struct {
	text []byte
}

func (o *object) name(name string) {
	if o.text == nil {
		o.text = append(o.text, '{')
	} else {
		o.text = append(o.text, ',')
	}
	o.text = appendString(o.text, name)
	o.text = append(o.text, ':')
}

func (o *object) string(name, value string) {
	if value != "" {
		o.name(name)
		o.text = appendString(o.text, value)
	}
}

func (o *object) bool(name string, value bool) {
	if value {
		o.name(name)
		o.text = append(o.text, "true"...)
	}
}

func (o *object) int(name string, value int64) {
	if value != 0 {
		o.name(name)
		o.text = strconv.AppendInt(o.text, value, 10)
	}
}

func (o *object) value(name string, value any) error {
	o.name(name)
	text, err := json.Marshal(value)
	o.text = append(o.text, text...)
	return err
}

// end gives the text: nil if nothing was said.
func (o *object) end() []byte {
	if o.text == nil {
		return nil
	}
	return append(o.text, '}')
}
