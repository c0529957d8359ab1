using System.Globalization;

namespace CallCenter.Architecture.Rules;

internal sealed class ShortProgram : Rule
{
    private const int Longest = 40;

    public override string Says => $"A service's Program.cs is a table of contents of at most {Longest} lines.";

    public override IEnumerable<string> Violations(Tree tree) =>
        tree.Sources.Where(f => f.Path.StartsWith("services/", StringComparison.Ordinal) && f.Name == "Program.cs" && f.Lines > Longest)
            .Select(f => $"{f.Path} has {f.Lines} lines");

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With("services/Ivr/Program.cs", string.Concat(Enumerable.Repeat("run();\n", Longest + 1)))];
}

internal sealed class NarrowSurface : Rule
{
    public override string Says => "The only public type of a service is its <Name>Service, with Add<Name> and Map<Name>.";

    public override IEnumerable<string> Violations(Tree tree) =>
        from file in tree.Sources
        let parts = file.Path.Split('/')
        where parts[0] == "services" && parts.Length > 2
        from type in file.Code.Types
        where type.IsPublic && type.Name != $"{parts[1]}Service"
        select $"{file.Path}:{type.Line} {type.Name} is public";

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("services/Ivr/Menu.cs", "namespace CallCenter.Ivr;\n/// <summary>A menu.</summary>\npublic sealed record Menu(string Name);\n"),
        tree.With("services/Ivr/Menu.cs", "namespace CallCenter.Ivr\n{\n    public interface IMenu { void Play(); }\n}\n"),
    ];
}

internal sealed class FileLength : Rule
{
    private const int Longest = 400;

    /// <summary>Longer files, path and reason.</summary>
    private static readonly Dictionary<string, string> Reasons = [];

    public override string Says => $"A source file over {Longest} lines is on the list with its reason; the list names no other.";

    public override IEnumerable<string> Violations(Tree tree)
    {
        var tooLong = tree.Files.Where(f => IsSource(f) && f.Lines > Longest).ToDictionary(f => f.Path);
        return tooLong.Values.Where(f => !Reasons.ContainsKey(f.Path)).Select(f => $"{f.Path} has {f.Lines} lines")
            .Concat(Reasons.Keys.Where(p => !tooLong.ContainsKey(p)).Select(p => $"{p} needs no reason any more"));
    }

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With("services/Ivr/Everything.cs", new string('\n', Longest + 1))];

    private static bool IsSource(TreeFile file) => file.IsCSharp || file.Name == "callcenter" || Path.GetExtension(file.Name) is ".sh" or ".ts" or ".tsx" or ".sql";
}

internal sealed class FunctionLength : Rule
{
    private const int Longest = 70;

    public override string Says => $"A function has at most {Longest} lines.";

    public override IEnumerable<string> Violations(Tree tree) =>
        from file in tree.Sources
        from function in file.Code.Functions
        where function.Lines > Longest
        select string.Create(CultureInfo.InvariantCulture, $"{file.Path}:{function.Line} {function.Name} has {function.Lines} lines");

    public override IEnumerable<Tree> Planted(Tree tree) => 
    [
        Long(tree, "void Run()\n{", "}"),
        Long(tree, "int Answer(int a) =>", "42;"),
        Long(tree, "int Answer\n{\nget\n{", "return 42;\n}\n}"),
    ];

    private static Tree Long(Tree tree, string head, string tail)
    {
        var body = string.Concat(Enumerable.Repeat("// why\n", Longest + 1));
        return tree.With("services/Ivr/Long.cs", $"namespace CallCenter.Ivr;\ninternal sealed class Long\n{{\n{head}\n{body}{tail}\n}}\n");
    }
}
