using System.Text.RegularExpressions;

namespace CallCenter.Architecture.Rules;

internal sealed class DenseMigrations : Rule
{
    public override string Says => "A service's migrations are numbered densely: Migrations/0001_name.sql, 0002_….";

    public override IEnumerable<string> Violations(Tree tree) =>
        tree.Files.Where(f => f.Path.Contains("/Migrations/", StringComparison.Ordinal))
            .GroupBy(f => f.Folder).SelectMany(folder => Numbered.Gaps(folder.Select(f => f.Path), ".sql"));

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With("services/Fax/Migrations/0002_second.sql", "")];
}

internal sealed partial class TablesKnowTheirTenant : Rule
{
    private const string List = "shared/Hosting/Data/OperatorWideTables.cs";

    public override string Says => $"Every table has 'tenant uuid not null' (the policy follows from it at migration), or is named with its reason in {List}.";

    public override IEnumerable<string> Violations(Tree tree)
    {
        var operatorWide = Regex.Matches(tree.Find(List)?.Text ?? "", @"\[""(?<table>[\w.]+)""\]\s*=\s*""[^""]{10,}""").Select(m => m.Groups["table"].Value).ToHashSet();
        return from file in tree.Files
               where file.Path.EndsWith(".sql", StringComparison.Ordinal)
               from table in Tables(file.Text)
               where !Tenant().IsMatch(table.Columns) && !operatorWide.Contains(table.Name) && !operatorWide.Contains($"{Schema(file)}.{table.Name}")
               select $"{file.Path} table {table.Name} has no 'tenant uuid not null'";
    }

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("services/Ivr/Migrations/0099_secret.sql", "create table secrets (id uuid primary key, said text not null check (length(said) > 0));"),
        tree.With("services/Ivr/Migrations/0099_secret.sql", "-- tenant uuid not null\nCREATE TABLE IF NOT EXISTS secrets (\n  id uuid,\n  tenant uuid\n);"),
    ];

    private static string Schema(TreeFile file) => file.Path.Split('/')[1].ToLowerInvariant();

    private static IEnumerable<(string Name, string Columns)> Tables(string sql)
    {
        var code = Comment().Replace(sql, "");
        return Create().Matches(code).Select(m => (m.Groups["name"].Value, m.Groups["columns"].Value));
    }

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"create\s+(unlogged\s+)?table\s+(if\s+not\s+exists\s+)?""?(?<name>\w+)""?\s*\((?<columns>([^()]|\((?<deep>)|\)(?<-deep>))*(?(deep)(?!)))\)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Create();

    [GeneratedRegex(@"\btenant\s+uuid\s+(not\s+null|primary\s+key)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Tenant();
}
