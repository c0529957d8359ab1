using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CallCenter.Hosting;

/// <summary>One numbered SQL file, embedded in a service as <c>Migrations/0001_name.sql</c>.</summary>
/// <param name="Name">"0001_name"; those of Hosting are "hosting/…" and come first.</param>
internal sealed partial record Migration(string Name, string Sql)
{
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The service's migrations by number. Throws when a file is not named by the rule or a number is missing or doubled.</summary>
    public static IReadOnlyList<Migration> In(Assembly assembly)
    {
        var found = assembly.GetManifestResourceNames()
            .Select(r => Resource().Match(r)).Where(m => m.Success)
            .Select(m => new Migration(m.Groups["name"].Value, Read(assembly, m.Value)))
            .OrderBy(m => m.Name, StringComparer.Ordinal).ToList();
        for (var i = 0; i < found.Count; i++)
        {
            if (int.Parse(found[i].Name.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture) != i + 1)
            {
                throw new InvalidOperationException($"Migration {found[i].Name} of {assembly.GetName().Name} should have number {i + 1:0000}: numbers are dense and unique.");
            }
        }
        return found;
    }

    /// <summary>A migration of Hosting itself: the tables of outbox or inbox.</summary>
    public static Migration OfHosting(string name) => new($"hosting/{name}", Read(typeof(Migration).Assembly, $"CallCenter.Hosting.Events.{name}.sql"));

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"^.*\.Migrations\.(?<name>[0-9]{4}_[a-z0-9_]+)\.sql$", RegexOptions.ExplicitCapture)]
    private static partial Regex Resource();
}
