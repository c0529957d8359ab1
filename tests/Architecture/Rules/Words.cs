using System.Text.RegularExpressions;

namespace CallCenter.Architecture.Rules;

/// <summary>Words that no file may hold. They are written in parts here, so that this file holds none either.</summary>
internal abstract class ForbiddenWords : Rule
{
    protected abstract Regex Words { get; }

    public override IEnumerable<string> Violations(Tree tree) =>
        from file in tree.Files
        from match in Words.Matches(file.Text)
        select $"{file.Path}:{1 + file.Text.AsSpan(0, match.Index).Count('\n')} '{match.Value}'";
}

internal sealed class NothingUnfinished : ForbiddenWords
{
    public override string Says => "Nothing is left unfinished: no reminders to do it later, no member that only throws.";

    protected override Regex Words { get; } = new(@"\b(" + string.Join('|', "TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception") + @")\b");

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("services/Ivr/Later.cs", "// TO" + "DO: later\n"),
        tree.With("services/Ivr/Later.cs", "throw new NotImplemented" + "Exception();\n"),
    ];
}

internal sealed class NothingOfTheMachine : ForbiddenWords
{
    public override string Says => "No file names a path of the machine it was written on, nor a package registry's host.";

    protected override Regex Words { get; } = new(
        "/wo" + @"rk/|/ro" + @"ot/|\bapi\.nu" + @"get\.org|\bnpm" + @"js\.(org|com)|\bpypi\." + @"org|\bproxy\.go" + "lang|arti" + "factory", RegexOptions.IgnoreCase);

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("services/Ivr/README.md", "Built in /wo" + "rk/main.\n"),
        tree.With("services/Desk/web/package-lock.json", "\"resolved\": \"https://registry.npm" + "js.org/react\"\n"),
    ];
}

internal sealed class NoSkippedTest : ForbiddenWords
{
    public override string Says => "No test is skipped.";

    protected override Regex Words { get; } = new(@"\bSk" + @"ip(Unless|When|Type)?\s*=\s*[""n]|\bAssert\.Sk" + "ip");

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With("tests/Ivr.Tests/MenuTests.cs", "[Fact(Sk" + "ip = \"flaky\")]\npublic void Menu() { }\n")];
}
