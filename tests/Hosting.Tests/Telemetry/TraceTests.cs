using System.Diagnostics;
using CallCenter.Contracts.Ivr;
using CallCenter.Hosting.Tests.Events;
using CallCenter.TestKit.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CallCenter.Hosting.Tests.Telemetry;

[Trait("needs", "server")]
public sealed class TraceTests(PostgresFixture postgres)
{
    private static readonly Guid Red = Guid.CreateVersion7();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_goes_from_the_request_over_outbox_and_bus_to_the_handler_of_another_service()
    {
        await using var receiver = await OtlpReceiver.Start();
        var configuration = await postgres.NewConfiguration();
        configuration["Otlp:Endpoint"] = receiver.Endpoint;
        await using (var host = await TestHost.Start(configuration, Add, Map))
        {
            using var http = host.Http;
            (await http.PostAsync(new Uri("/choose", UriKind.Relative), null, Ct)).EnsureSuccessStatusCode();
            await Eventually.Be(async () => await host.Get<ServiceDatabase>("notes").InTenant(Red, (c, t) =>
                Dapper.SqlMapper.ExecuteScalarAsync<long>(c, "SELECT count(*) FROM notes", transaction: t), Ct) == 1);
        }

        // Activity sources are the process's: spans of tests that run beside this one arrive too, in traces of their own.
        var request = receiver.Spans.ShouldHaveSingleItemOf(s => s.Name == "POST /choose");
        var applied = receiver.Spans.ShouldHaveSingleItemOf(s => s.TraceId == request.TraceId && s.Name == "notes apply MenuChosen");
        var byId = receiver.Spans.Where(s => s.TraceId == applied.TraceId).ToDictionary(s => s.SpanId);
        byId.ShouldContainKey(applied.ParentId);
        receiver.Spans.ShouldContain(s => s.TraceId == applied.TraceId && s.Name == "send MenuChosen");
        receiver.Spans.ShouldContain(s => s.TraceId == applied.TraceId && s.Scope == "Npgsql");
    }

    private static void Add(WebApplicationBuilder builder)
    {
        builder.AddDatabase("sender", typeof(TraceTests).Assembly);
        builder.AddOutbox("sender");
        builder.AddDatabase("notes", typeof(TraceTests).Assembly);
        builder.AddOutbox("notes");
        builder.AddInbox<NoteTaker>("notes", EventCatalog.From("Ivr"));
    }

    private static void Map(WebApplication app)
    {
        app.MapCallCenterDefaults();
        app.MapPost("/choose", async Task<IResult> (HttpContext http) =>
        {
            var outbox = http.RequestServices.GetRequiredKeyedService<Outbox>("sender");
            var stamped = await http.RequestServices.GetRequiredKeyedService<ServiceDatabase>("sender").InTenant(Red,
                (c, t) => outbox.Publish(c, t, [new MenuChosen("main", "1") { Tenant = Red, Stream = Red }], Ct), Ct);
            stamped[0].TraceParent.ShouldBe(Activity.Current!.Id);
            outbox.Committed(stamped);
            return Results.Ok();
        });
    }
}

internal static class Spans
{
    public static Span ShouldHaveSingleItemOf(this IEnumerable<Span> spans, Func<Span, bool> which) => spans.Where(which).ToList().ShouldHaveSingleItem(string.Join('\n', spans.Select(s => $"{s.Scope}: {s.Name}")));
}
