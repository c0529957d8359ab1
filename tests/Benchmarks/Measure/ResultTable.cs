using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace CallCenter.Benchmarks.Measure;

/// <summary>Rows as people and programs read them.</summary>
internal static class ResultTable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Table Of(IEnumerable<Row> rows)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumns("bench", "case");
        foreach (var right in new[] { "value", "unit", "reference", "ratio", "limit", "pass" })
        {
            table.AddColumn(right is "unit" or "pass" ? new TableColumn(right) : new TableColumn(right).RightAligned());
        }
        foreach (var row in rows)
        {
            table.AddRow(row.Bench, row.Case.EscapeMarkup(), Text(row.Value), row.Unit, Text(row.Reference), Text(row.Ratio), Text(row.Limit), row.Limit is null ? "" : row.Pass ? "yes" : "no");
        }
        return table;
    }

    private static string Text(double? value) => value is not { } v ? "" : v.ToString(v >= 100 ? "0" : v >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
