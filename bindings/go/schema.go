package dictdb

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Type is that of a field in a schema.
type Type string

// The types.
const (
	IntType   Type = "int"   // an integer, not true and not 1.0
	FloatType Type = "float" // any number
	StrType   Type = "str"   // a string
	BoolType  Type = "bool"  // true or false
	ListType  Type = "list"  // an array
	DictType  Type = "dict"  // an object
)

// A Field is one of a schema.
type Field struct {
	Name string
	Type Type
	// Nullable fields take null, and may be missing.
	Nullable bool
	// Default fills the field in where it is missing, if it is not nil.
	Default any
}

// A Schema has the fields of a table's records, in order: every one is required unless it is nullable or has a default, and no others are allowed.
// The key field is added as an int, last, if it is not there.
type Schema []Field

// MarshalJSON gives the library's form: an object from field to type.
func (s Schema) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, field := range s {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(appendString(text, field.Name), ':')
		if !field.Nullable && field.Default == nil {
			text = appendString(text, string(field.Type))
			continue
		}
		var members object
		members.string("type", string(field.Type))
		members.bool("nullable", field.Nullable)
		if field.Default != nil {
			if err := members.value("default", field.Default); err != nil {
				return nil, fmt.Errorf("dictdb: the default of field %q: %w", field.Name, err)
			}
		}
		text = append(text, members.end()...)
	}
	return append(text, '}'), nil
}

// UnmarshalJSON takes the library's form. Numbers in defaults become [json.Number].
func (s *Schema) UnmarshalJSON(text []byte) error {
	*s = nil
	return eachMember(text, func(name string, value json.RawMessage) error {
		field := Field{Name: name}
		if value[0] == '"' {
			*s = append(*s, field)
			return json.Unmarshal(value, &(*s)[len(*s)-1].Type)
		}
		var long struct {
			Type     Type `json:"type"`
			Nullable bool `json:"nullable"`
			Default  any  `json:"default"`
		}
		decoder := json.NewDecoder(bytes.NewReader(value))
		decoder.UseNumber()
		err := decoder.Decode(&long)
		field.Type, field.Nullable, field.Default = long.Type, long.Nullable, long.Default
		*s = append(*s, field)
		return err
	})
}

// eachMember goes through a JSON object in order; null is an empty one.
func eachMember(text []byte, visit func(name string, value json.RawMessage) error) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	start, err := decoder.Token()
	if err != nil || start == nil {
		return err
	}
	if start != json.Delim('{') {
		return fmt.Errorf("dictdb: a JSON object was expected, not %.20s", text)
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if err := visit(name.(string), value); err != nil {
			return err
		}
	}
	return nil
}

// An Index is one of a table: it never changes an answer, only its speed.
type Index struct {
	// Fields are 1 to 16 fields, which may be paths. They name the index: a table has at most one for each list.
	Fields []string `json:"fields"`
	// Kind is [Hash] or [Sorted].
	Kind IndexKind `json:"kind"`
	// Unique indexes refuse equal values. Records in which a field is null or missing are exempt.
	Unique bool `json:"unique"`
}

// An IndexKind says what an index is good for.
type IndexKind string

// The kinds.
const (
	// Hash serves =, IN and IS NULL on all of its fields.
	Hash IndexKind = "hash"
	// Sorted also serves <, <=, >, >=, BETWEEN, STARTS WITH, LIKE with a literal beginning, order, min and max, each on its first field or on the
	// one after any number of fields that are held equal.
	Sorted IndexKind = "sorted"
)

// A Description tells what a table is like.
type Description struct {
	Name       string `json:"name"`
	PrimaryKey string `json:"primary_key"`
	// Count is how many records there are.
	Count int64 `json:"count"`
	// Columns are the schema's fields in its order; without a schema the fields of all records, sorted.
	Columns []string `json:"columns"`
	// Schema has the key field, too; nil without.
	Schema Schema `json:"schema"`
	// Indexes are in the order in which they were made.
	Indexes []Index `json:"indexes"`
}

// Statistics tell what a table costs and what it did. Memory is in bytes.
type Statistics struct {
	Records        int64 `json:"records"`
	LiveBytes      int64 `json:"live_bytes"`      // of stored records
	DeadBytes      int64 `json:"dead_bytes"`      // of remains of old ones that are not yet reclaimed
	Segments       int64 `json:"segments"`        // that hold both
	SegmentBytes   int64 `json:"segment_bytes"`   // of these
	DirectoryBytes int64 `json:"directory_bytes"` // of what finds records in them
	KeyMapBytes    int64 `json:"key_map_bytes"`   // of what finds records by their keys
	Indexes        int64 `json:"indexes"`         // how many
	IndexBytes     int64 `json:"index_bytes"`     // of these
	Bytes          int64 `json:"bytes"`           // of segments, directory, key map and indexes together
	Shapes         int64 `json:"shapes"`          // different lists of fields
	Inserted       int64 `json:"inserted"`        // records, since the table was created
	Updated        int64 `json:"updated"`         // likewise
	Deleted        int64 `json:"deleted"`         // likewise

	// Of a snapshot, the following are 0.

	SegmentsReclaimed int64 `json:"segments_reclaimed"`
	Columns           int64 `json:"columns"`        // fields that scans asked for
	ColumnBytes       int64 `json:"column_bytes"`   // beside the others, of values of these fields
	LockWaits         int64 `json:"lock_waits"`     // calls that had to wait for the table's lock
	Snapshots         int64 `json:"snapshots"`      // snapshots and cursors that there are
	SnapshotBytes     int64 `json:"snapshot_bytes"` // that are there only for them
}
