using System.Globalization;
using CallCenter.Reporting.Reports;

namespace CallCenter.Reporting.Contacts;

/// <summary>Contacts as CSV, a row each. Times are UTC; the length goes from the first ring to the end of the last work.</summary>
internal static class ContactCsv
{
    private static readonly string[] Header =
    [
        "id", "tenant", "startedAt (UTC)", "endedAt (UTC)", "length (ms)", "channel", "caller", "called", "customer", "customerName",
        "queue", "agent", "termination", "disposition", "recordings",
    ];

    public static IResult File(IReadOnlyList<ContactItem> contacts) => Csv.File("contacts.csv", Header, contacts.Select(Row));

    private static IEnumerable<string?> Row(ContactItem c) =>
    [
        c.Id.ToString(), c.Tenant.ToString(), Csv.Time(c.StartedAt), c.EndedAt is { } ended ? Csv.Time(ended) : null,
        (c.EndedAt - c.StartedAt)?.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), c.Channel, Csv.Foreign(c.Caller), Csv.Foreign(c.Called),
        c.Customer?.Id.ToString(), Csv.Foreign(c.Customer?.Name), c.Queue?.ToString(), c.Agent?.ToString(),
        c.Termination, Csv.Foreign(c.Disposition), string.Join(' ', c.Recordings),
    ];
}
