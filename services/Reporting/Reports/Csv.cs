using System.Globalization;
using CsvHelper;

namespace CallCenter.Reporting.Reports;

/// <summary>CSV (RFC 4180, UTF-8): a header, then a row an item. Times are written with their offset, values without grouping.</summary>
internal static class Csv
{
    private const string MediaType = "text/csv";

    public static bool IsAsked(HttpRequest request, string? format) =>
        format == "csv" || (string.IsNullOrEmpty(format) && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)));

    public static IResult File(string name, IEnumerable<string> header, IEnumerable<IEnumerable<string?>> rows)
    {
        using var bytes = new MemoryStream();
        using (var writer = CsvWriter.Create(bytes, new CsvWriterOptions(), leaveOpen: true))
        {
            foreach (var row in rows.Prepend(header))
            {
                writer.WriteRecord([.. row.Select(field => field ?? "")]);
            }
        }

        return Results.File(bytes.ToArray(), $"{MediaType}; charset=utf-8", name);
    }

    public static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);

    /// <summary>A text from outside: what a spreadsheet would take for a formula is told to be text. A number in E.164 form is none.</summary>
    public static string? Foreign(string? text) =>
        text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] && !(text[0] == '+' && text.Length > 1 && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0) ? "'" + text : text;

    /// <summary>Figures: the subject, the period in the named zone, and each metric under its id with its version and unit.</summary>
    public static IResult Figures<TSums>(
        string name, string subject, string timeZone, IReadOnlyList<Metric<TSums>> metrics,
        IEnumerable<(Guid Subject, DateTimeOffset From, DateTimeOffset To, IReadOnlyDictionary<string, MetricValue> Metrics)> rows) => File(name,
        [subject, $"from ({timeZone})", $"to ({timeZone})", .. metrics.Select(m => $"{m.Id} (v{m.Version} {m.Unit})")],
        rows.Select(row => (IEnumerable<string?>)
        [
            row.Subject.ToString(), Time(row.From), Time(row.To),
            .. metrics.Select(m => row.Metrics[m.Id].Value?.ToString("R", CultureInfo.InvariantCulture)),
        ]));
}
