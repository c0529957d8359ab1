using CallCenter.Hosting;
using CallCenter.Ivr.Prompts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr.Flows;

/// <summary>A flow as it is answered.</summary>
internal sealed record FlowResource(
    Guid Id, int Version, Guid Tenant, string Name, string Language, string Start, IReadOnlyDictionary<string, FlowStep> Steps)
{
    public static FlowResource Of(FlowVersion flow) => new(
        flow.Id, flow.Version, flow.Definition.Tenant, flow.Definition.Name, flow.Definition.Language, flow.Definition.Start, flow.Definition.Steps);
}

/// <summary><c>/api/flows</c>: put (checked, in versions) and list.</summary>
internal sealed class FlowApi(
    [FromKeyedServices(IvrService.Name)] ServiceDatabase database, FlowStore flows, VisibleTenants tenants, TimeProvider clock, ILogger<FlowApi> logger)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPut("/api/flows/{id:guid}", (Guid id, FlowDefinition flow, Caller caller, FlowApi api, CancellationToken ct) => api.Put(id, flow, caller, ct))
            .RequireRoles(Role.Administrator, Role.Service);
        app.MapGet("/api/flows", (Guid? tenant, Caller caller, FlowApi api, CancellationToken ct) => api.List(tenant, caller, ct))
            .RequireRoles(Role.Administrator, Role.Supervisor, Role.Service);
    }

    private async Task<IResult> Put(Guid id, FlowDefinition flow, Caller caller, CancellationToken ct)
    {
        if (flow.Tenant == Guid.Empty)
        {
            return Problems.Invalid(FlowValidation.Errors(flow, new HashSet<Guid>()));
        }

        var named = flow.Steps.Values.SelectMany(s => s.Prompts).Distinct().Take(FlowValidation.MaxSteps * 3).ToList();
        IReadOnlyList<string> errors = [];
        var kept = await database.InTenant(flow.Tenant, async (c, t) =>
        {
            errors = FlowValidation.Errors(flow, (await PromptStore.Find(c, t, named)).Keys.ToHashSet());
            return errors.Count > 0 ? null : await flows.Put(c, t, id, flow, caller.User, clock.GetUtcNow());
        }, ct);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        if (kept is null)
        {
            return Problems.NotFound("flow");
        }

        Log.FlowPut(logger, id, flow.Tenant, kept.Version);
        return Results.Ok(FlowResource.Of(kept));
    }

    private async Task<IResult> List(Guid? tenant, Caller caller, CancellationToken ct)
    {
        if (tenants.Of(caller, tenant) is not { } visible)
        {
            return Problems.NotFound("tenant");
        }

        var found = visible.Count == 0 ? [] : await database.InTenants(visible, FlowStore.List, ct);
        return Results.Ok(new { items = found.Select(FlowResource.Of) });
    }
}
