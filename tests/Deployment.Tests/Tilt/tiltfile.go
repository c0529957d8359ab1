// Runs a Tiltfile as Starlark with Tilt's functions stubbed: `tiltfile TILTFILE MANIFESTS` prints each call as a line of JSON with its function,
// arguments and named arguments. MANIFESTS (JSON) is what helm() would have rendered. A function that Tilt lacks, or that is given an
// argument it does not know, ends it with code 1.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkjson"
	"go.starlark.net/starlarkstruct"
)

// Tilt's functions that this Tiltfile may use, with their named arguments: https://docs.tilt.dev/api.html
var known = map[string][]string{
	"allow_k8s_contexts":        {},
	"docker_build_with_restart": {"dockerfile", "entrypoint", "restart_file", "live_update"},
	"helm":                      {"name", "namespace", "values", "set"},
	"k8s_kind":                  {"api_version", "pod_readiness"},
	"k8s_resource":              {"new_name", "resource_deps", "port_forwards", "labels"},
	"k8s_yaml":                  {},
	"local_resource":            {"cmd", "dir", "deps", "ignore", "allow_parallel", "labels"},
	"sync":                      {},
}

func text(value starlark.Value) string {
	encoded, err := starlark.Call(new(starlark.Thread), starlarkjson.Module.Members["encode"], starlark.Tuple{value}, nil)
	if err != nil {
		return fmt.Sprintf("%q", value.String())
	}
	return string(encoded.(starlark.String))
}

func stub(name string, result starlark.Value) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
		call := map[string]json.RawMessage{"function": json.RawMessage(fmt.Sprintf("%q", name)), "args": json.RawMessage(text(args))}
		for _, pair := range named {
			key := string(pair[0].(starlark.String))
			if !contains(known[name], key) {
				return nil, fmt.Errorf("%s has no argument %s", name, key)
			}
			call[key] = json.RawMessage(text(pair[1]))
		}
		line, err := json.Marshal(call)
		fmt.Println(string(line))
		return result, err
	})
}

func contains(all []string, one string) bool {
	for _, each := range all {
		if each == one {
			return true
		}
	}
	return false
}

func main() {
	manifests, err := os.ReadFile(os.Args[2])
	if err != nil {
		fail(err)
	}
	resolve.AllowGlobalReassign = true // as Tilt has it: loops at the top
	predeclared := starlark.StringDict{}
	for name := range known {
		predeclared[name] = stub(name, starlark.String(name))
	}
	predeclared["config"] = starlarkstruct.FromStringDict(starlark.String("config"), starlark.StringDict{
		"define_string": starlark.NewBuiltin("define_string", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
			var name, usage string
			return starlark.None, starlark.UnpackArgs(b.Name(), args, named, "name", &name, "usage", &usage)
		}),
		"parse": starlark.NewBuiltin("parse", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.NewDict(0), nil
		}),
	})
	predeclared["decode_yaml_stream"] = starlark.NewBuiltin("decode_yaml_stream", func(thread *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return starlark.Call(thread, starlarkjson.Module.Members["decode"], starlark.Tuple{starlark.String(manifests)}, nil)
	})
	predeclared["encode_yaml_stream"] = starlarkjson.Module.Members["encode"]
	restart := predeclared["docker_build_with_restart"]
	delete(predeclared, "docker_build_with_restart") // only by the extension
	load := func(_ *starlark.Thread, module string) (starlark.StringDict, error) {
		if module != "ext://restart_process" {
			return nil, fmt.Errorf("no extension %s", module)
		}
		return starlark.StringDict{"docker_build_with_restart": restart}, nil
	}
	if _, err := starlark.ExecFile(&starlark.Thread{Name: "Tiltfile", Load: load}, os.Args[1], nil, predeclared); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
