using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Ledger;
using CallCenter.Reporting.Reports;

namespace CallCenter.Reporting;

/// <summary>The ledger of every event, and the contact history, facts and figures folded from it.</summary>
public static class ReportingService
{
    private const string Name = "reporting";
    // A call's events come in bursts, and a history is folded once a batch. Screens that must be live within a second do not read it.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Sources = ["Telephony", "Ivr", "Routing", "Recording", "Crm"];

    /// <summary>Subscribes to every source and keeps what it tells.</summary>
    public static void AddReporting(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase(Name, typeof(ReportingService).Assembly);
        builder.AddConfigurationSnapshots(Name);
        builder.AddBatchInbox<EventRecorder>(Name, Gather, [.. Sources.SelectMany(EventCatalog.From), .. EventCatalog.TracesFrom("Telephony")]);
        builder.Services.AddSingleton(s => new ContactQueries(s.GetRequiredKeyedService<ServiceDatabase>(Name)));
        builder.Services.AddSingleton(s => new SipMessageRows(s.GetRequiredKeyedService<ServiceDatabase>(Name)));
        builder.Services.AddSingleton(s => new Sights(s.GetRequiredKeyedService<ConfigurationSnapshots>(Name)));
        builder.Services.AddSingleton(s => new Zones(s.GetRequiredKeyedService<ConfigurationSnapshots>(Name)));
        builder.Services.AddSingleton(s => new ReportQueries(s.GetRequiredKeyedService<ServiceDatabase>(Name)));
        builder.Services.AddSingleton(s => new Rebuild(s.GetRequiredKeyedService<ServiceDatabase>(Name), s.GetRequiredService<TimeProvider>()));
    }

    /// <summary>/api/contacts and /api/reports.</summary>
    public static void MapReporting(this IEndpointRouteBuilder app)
    {
        app.MapContacts();
        app.MapReports();
        app.MapRebuild();
    }
}
