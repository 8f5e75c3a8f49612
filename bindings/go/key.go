package dictdb

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// A Key is the primary key of a record: a signed 64-bit integer or a non-empty string. Int(1) and Str("1") are two keys.
//
// Keys can be compared with == and are good keys of maps. The zero Key is none: calls refuse it with [ErrInvalidKey].
type Key struct {
	text   string
	number int64
	kind   keyKind
}

type keyKind uint8

const (
	noKey keyKind = iota
	intKey
	textKey
)

// Int makes an integer key.
func Int[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](number N) Key {
	return Key{number: int64(number), kind: intKey}
}

// Str makes a string key.
func Str(text string) Key { return Key{text: text, kind: textKey} }

// Int returns an integer key's number, and false if the key is no integer.
func (k Key) Int() (int64, bool) { return k.number, k.kind == intKey }

// Str returns a string key's text, and false if the key is no string.
func (k Key) Str() (string, bool) { return k.text, k.kind == textKey }

// IsZero reports whether the key is none.
func (k Key) IsZero() bool { return k.kind == noKey }

// String returns the digits of an integer key, the text of a string key.
func (k Key) String() string {
	if k.kind == intKey {
		return strconv.FormatInt(k.number, 10)
	}
	return k.text
}

func (k Key) append(dst []byte) []byte {
	switch k.kind {
	case intKey:
		return strconv.AppendInt(dst, k.number, 10)
	case textKey:
		return appendString(dst, k.text)
	default:
		return append(dst, "null"...)
	}
}

// MarshalJSON gives a JSON number or string, and null for no key.
func (k Key) MarshalJSON() ([]byte, error) { return k.append(nil), nil }

// UnmarshalJSON takes a JSON integer or string, or null for no key.
func (k *Key) UnmarshalJSON(text []byte) error {
	*k = Key{}
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	if len(text) > 0 && text[0] == '"' {
		k.kind = textKey
		return json.Unmarshal(text, &k.text)
	}
	if err := json.Unmarshal(text, &k.number); err != nil {
		return err
	}
	k.kind = intKey
	return nil
}

// parseKey reads a key as the library prints it.
func parseKey(text []byte) (Key, error) {
	if number, rest := digits(text); len(rest) == 0 {
		return Int(number), nil
	}
	var key Key // on the heap, which most keys are spared
	err := key.UnmarshalJSON(text)
	return key, err
}

// parseKeys reads an array of keys as the library prints it. Most are small integers.
func parseKeys(text []byte) ([]Key, error) {
	keys := make([]Key, 0, bytes.Count(text, []byte{','})+1)
	rest := text[1:]
	for len(rest) > 0 {
		number, behind := digits(rest)
		if len(behind) == len(rest) || len(behind) == 0 || (behind[0] != ',' && behind[0] != ']') {
			keys = keys[:0]
			err := json.Unmarshal(text, &keys)
			return keys, err
		}
		keys = append(keys, Int(number))
		rest = behind[1:]
	}
	return keys, nil
}

// digits reads the digits that a text begins with, if they are few enough not to overflow; else all of the text is left.
func digits(text []byte) (number int64, rest []byte) {
	for i, c := range text {
		if c < '0' || c > '9' {
			return number, text[i:]
		}
		if i == 18 {
			return 0, text
		}
		number = number*10 + int64(c-'0')
	}
	return number, nil
}
