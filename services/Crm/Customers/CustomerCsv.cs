using System.Globalization;
using CallCenter.Hosting;
using CsvHelper;

namespace CallCenter.Crm.Customers;

/// <summary>
/// Customers as a table (RFC 4180, UTF-8): a header, then a row a customer, its numbers with a space between them. Written page
/// by page, so that a long list takes no more memory than a short one.
/// </summary>
internal static class CustomerCsv
{
    private const string MediaType = "text/csv";
    private static readonly string[] Header = ["id", "tenant", "name", "numbers", "notes", "updatedAt"];

    /// <summary>Who may take all customers away: not the agents, who work with one after the other.</summary>
    public static bool MayTake(Role role) => role is Role.Supervisor or Role.Client or Role.Administrator;

    public static bool IsAsked(HttpRequest request, string? format) =>
        format == "csv" || (format is null && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)));

    public static IResult File(IAsyncEnumerable<IReadOnlyList<CustomerRow>> pages) => Results.Stream(
        async response =>
        {
            await response.WriteAsync(Lines([Header]));
            await foreach (var page in pages)
            {
                await response.WriteAsync(Lines(page.Select(Fields)));
            }
        },
        $"{MediaType}; charset=utf-8", "customers.csv");

    private static string[] Fields(CustomerRow c) =>
    [
        c.Id.ToString(), c.Tenant.ToString(), Words(c.Name), string.Join(' ', c.Numbers), Words(c.Notes),
        c.UpdatedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
    ];

    // What a spreadsheet would take for a formula is told to be text.
    private static string Words(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text;

    private static ReadOnlyMemory<byte> Lines(IEnumerable<string[]> rows)
    {
        using var bytes = new MemoryStream();
        using (var writer = CsvWriter.Create(bytes, new CsvWriterOptions(), leaveOpen: true))
        {
            foreach (var row in rows)
            {
                writer.WriteRecord(row);
            }
        }

        return bytes.ToArray();
    }
}
