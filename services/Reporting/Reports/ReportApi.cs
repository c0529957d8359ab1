using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Ledger;
using Microsoft.AspNetCore.Mvc;

namespace CallCenter.Reporting.Reports;

/// <summary>/api/reports/queues, /agents and /today: figures from facts, each with its version. Another tenant's are 404.</summary>
internal static class ReportApi
{
    public static void MapReports(this IEndpointRouteBuilder app)
    {
        var reports = app.MapGroup("/api/reports").WithTags("Reports");
        reports.MapGet("/queues", Queues).RequireRoles(Role.Supervisor, Role.Client, Role.Administrator, Role.Service)
            .Produces<Report<QueueReportItem>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Queues' figures by period of the tenant's local time");
        reports.MapGet("/agents", Agents).RequireRoles(Role.Agent, Role.Supervisor, Role.Administrator, Role.Service)
            .Produces<Report<AgentReportItem>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Agents' figures by period; an agent's own only for an agent");
        reports.MapGet("/today", Today).RequireRoles(Role.Agent, Role.Supervisor, Role.Client, Role.Administrator, Role.Service)
            .Produces<TodayReport>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The tenant's and its queues' figures since local midnight");
    }

    private static Task<IResult> Queues(
        [AsParameters] ReportQuery query, [FromQuery] string? queue, HttpRequest request, Caller caller, Sights sights, Zones zones, ReportQueries facts, TimeProvider clock, CancellationToken ct) =>
        Answer(sights.Of(caller), query, mustBeOne: true, async (_, tenant) =>
        {
            if (zones.Of(tenant!.Value) is not { } zone)
            {
                return Zones.NotKnown;
            }

            var errors = new List<string>();
            if (ReportRange.Read(query, Id("queue", queue, errors), zone, clock.Now(), errors) is not { } range)
            {
                return Problems.Invalid(errors);
            }

            var items = (await facts.Queues(tenant.Value, range, ct)).ConvertAll(cell => Item(cell, range));
            return Csv.IsAsked(request, query.Format)
                ? Csv.Figures("queues.csv", "queue", zone.Id, QueueMetrics.All, items.Select(i => (i.Queue, i.From, i.To, i.Metrics)))
                : Results.Ok(new Report<QueueReportItem>(items, Metrics.Definitions(QueueMetrics.All), zone.Id));
        });

    private static Task<IResult> Agents(
        [AsParameters] ReportQuery query, [FromQuery] string? agent, [FromQuery] string? team, [FromQuery] string? timeZone, HttpRequest request,
        Caller caller, Sights sights, Zones zones, ReportQueries facts, TimeProvider clock, CancellationToken ct) =>
        Answer(sights.Of(caller), query, mustBeOne: false, async (sight, tenant) =>
        {
            var errors = new List<string>();
            var subject = Id("agent", agent, errors) ?? sight.OnlyOfAgent;
            if (sight.OnlyOfAgent is { } self && subject != self)
            {
                return Problems.NotFound("agent");
            }

            if (!string.IsNullOrEmpty(team) && !caller.Watches(team))
            {
                return Problems.Forbidden($"'{team}' is none of your teams ({string.Join(", ", caller.Teams)}): ask an administrator.");
            }

            var zone = tenant is null ? Zones.Named(timeZone, errors) : zones.Of(tenant.Value);
            if (zone is null || sights.Operator is not { } operatorId)
            {
                return errors.Count > 0 ? Problems.Invalid(errors) : Zones.NotKnown;
            }

            if (ReportRange.Read(query, subject, zone, clock.Now(), errors) is not { } range)
            {
                return Problems.Invalid(errors);
            }

            range = range with { Teams = !string.IsNullOrEmpty(team) ? [team] : caller.Watches(null) ? null : caller.Teams };
            var time = await facts.AgentTime(operatorId, tenant, range, clock.Now(), ct);
            var legs = sight.Tenants.Count == 0 ? [] : await facts.AgentLegs(operatorId, sight.Tenants, range, ct);
            var items = AgentFigures.Join(time, legs, ofTenantOnly: tenant is not null && subject is null).ConvertAll(cell => Item(cell, range));
            return Csv.IsAsked(request, query.Format)
                ? Csv.Figures("agents.csv", "agent", zone.Id, AgentMetrics.All, items.Select(i => (i.Agent, i.From, i.To, i.Metrics)))
                : Results.Ok(new Report<AgentReportItem>(items, Metrics.Definitions(AgentMetrics.All), zone.Id));
        });

    private static Task<IResult> Today(
        [FromQuery] string? tenant, [FromQuery] string? format, HttpRequest request,
        Caller caller, Sights sights, Zones zones, ReportQueries facts, TimeProvider clock, CancellationToken ct) =>
        Answer(sights.Of(caller), new ReportQuery(tenant, null, null, null, format), mustBeOne: true, async (_, one) =>
        {
            if (zones.Of(one!.Value) is not { } zone)
            {
                return Zones.NotKnown;
            }

            var range = ReportRange.Today(zone, clock.Now());
            var cells = await facts.Queues(one.Value, range, ct);
            var items = cells.ConvertAll(cell => Item(cell, range));
            var (from, to) = range.Period(1);
            return Csv.IsAsked(request, format)
                ? Csv.Figures("today.csv", "queue", zone.Id, QueueMetrics.All, items.Select(i => (i.Queue, i.From, i.To, i.Metrics)))
                : Results.Ok(new TodayReport(one.Value, from, to, Metrics.Of(QueueMetrics.All, cells.Aggregate(new QueueSums(), (sums, cell) => sums + cell.Sums)),
                    items, Metrics.Definitions(QueueMetrics.All), zone.Id));
        });

    /// <summary>Finds the tenant asked for within the caller's sight; what would be too much is told as a problem.</summary>
    private static async Task<IResult> Answer(Sight sight, ReportQuery query, bool mustBeOne, Func<Sight, Guid?, Task<IResult>> answer)
    {
        var errors = new List<string>();
        var tenant = Id("tenant", query.Tenant, errors) ?? (mustBeOne && sight.Tenants.Count == 1 ? sight.Tenants[0] : null);
        if (tenant is null && mustBeOne && errors.Count == 0)
        {
            errors.Add("'tenant' is missing: periods are those of a tenant's local time, so give the id of one tenant.");
        }

        if (!string.IsNullOrEmpty(query.Format) && query.Format is not ("csv" or "json"))
        {
            errors.Add($"'format' is '{query.Format}': use json or csv.");
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        if (tenant is { } id && sight.Of(id) is null)
        {
            return Problems.NotFound("tenant");
        }

        try
        {
            return await answer(tenant is { } one ? sight.Of(one)! : sight, tenant);
        }
        catch (TooMuchException e)
        {
            return Problems.Invalid(e.Message);
        }
    }

    private static QueueReportItem Item(Cell<QueueSums> cell, ReportRange range)
    {
        var (from, to) = range.Period(cell.Period);
        return new QueueReportItem(cell.Subject, from, to, Metrics.Of(QueueMetrics.All, cell.Sums));
    }

    private static AgentReportItem Item(Cell<AgentSums> cell, ReportRange range)
    {
        var (from, to) = range.Period(cell.Period);
        return new AgentReportItem(cell.Subject, from, to, Metrics.Of(AgentMetrics.All, cell.Sums));
    }

    private static Guid? Id(string name, string? text, List<string> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Guid.TryParse(text, out var id))
        {
            return id;
        }

        errors.Add($"'{name}' is no id: give a UUID.");
        return null;
    }
}
