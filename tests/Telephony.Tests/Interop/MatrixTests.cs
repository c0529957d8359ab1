using System.Reflection;
using System.Text.RegularExpressions;
using CallCenter.TestKit.Running;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>docs/interop.md tells what the tests show, and nothing else.</summary>
public sealed partial class MatrixTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Source.Root, "docs", "interop.md"));
    private static readonly Dictionary<string, string> Tests = Named().Matches(Page).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
    private static readonly string[] Cells = [.. Page.Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).SelectMany(l => l.Split('|')[2..^1]).Select(c => c.Trim())];

    [Fact]
    public void Every_cell_names_its_test_or_says_why_there_is_none()
    {
        Cells.ShouldNotBeEmpty();
        Cells.ShouldAllBe(cell => Runs().IsMatch(cell) || Reason().IsMatch(cell));
        Cells.SelectMany(cell => Code().Matches(cell).Select(m => m.Value)).Distinct().Order().ShouldBe(Tests.Keys.Order());
        var reasons = Cells.Select(cell => Reason().Match(cell)).Where(m => m.Success).Select(m => m.Groups[2].Value).Distinct();
        reasons.ShouldAllBe(reason => Page.Contains($"\n- {reason}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_named_test_exists()
    {
        Tests.Values.ShouldAllBe(name => Find(name) != null);
        Find("BaresipInterop.It_does_what_no_test_shows").ShouldBeNull();
    }

    [Fact]
    public void Every_interop_test_has_a_cell()
    {
        var all = typeof(MatrixTests).Assembly.GetTypes().Where(t => t.Name.EndsWith("Interop", StringComparison.Ordinal) && !t.IsAbstract)
            .SelectMany(t => t.GetMethods().Where(m => m.GetCustomAttribute<FactAttribute>() != null).Select(m => $"{t.Name}.{m.Name}"));
        Tests.Values.Order(StringComparer.Ordinal).ShouldBe(all.Order(StringComparer.Ordinal));
    }

    private static MethodInfo? Find(string name) =>
        name.Split('.') is [var type, var method] ? Type.GetType($"CallCenter.Telephony.Tests.Interop.{type}")?.GetMethod(method) : null;

    [GeneratedRegex(@"^- ([A-Z]\d): `([A-Za-z]+\.[A-Za-z_]+)`$", RegexOptions.Multiline)]
    private static partial Regex Named();

    [GeneratedRegex("^[A-Z][0-9](, [A-Z][0-9])*$")]
    private static partial Regex Runs();

    [GeneratedRegex(@"^(n/a|open) \(([a-z]+)\)$")]
    private static partial Regex Reason();

    [GeneratedRegex("[A-Z][0-9]")]
    private static partial Regex Code();
}
