using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Routing.Callbacks;

/// <summary><c>/api/routing/callbacks</c>: the callbacks that are pending, and their end by a supervisor.</summary>
internal static class CallbacksApi
{
    public static void MapCallbacks(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/routing/callbacks", List).RequireRoles(Role.Supervisor, Role.Administrator, Role.Service);
        app.MapDelete("/api/routing/callbacks/{id:guid}", Cancel).RequireRoles(Role.Supervisor, Role.Administrator, Role.Service);
    }

    private static async Task<IResult> List(
        Guid? tenant, Caller caller, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots, CallbackStore store, CancellationToken ct)
    {
        if (tenant is { } one && (!caller.Sees(one) || one == Guid.Empty))
        {
            return Problems.NotFound("tenant");
        }

        var pending = await store.List(tenant is { } only ? [only] : Seen(caller, snapshots), ct);
        return Results.Ok(new { items = pending.Select(Show).ToList() });
    }

    private static async Task<IResult> Cancel(
        Guid id, Caller caller, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots, RoutingStore store, IGrainFactory grains, CancellationToken ct) =>
        await store.FindIn<ContactState>(StateTable.Contacts, Seen(caller, snapshots), id, ct) is not { State: { Callback: not null, Tenant: var tenant } }
            ? Problems.NotFound("callback")
            : await grains.GetGrain<IContactGrain>(Keys.OfTenant(tenant, id)).CancelCallback() is { } why ? Problems.Conflict(why) : Results.NoContent();

    private static IReadOnlyCollection<Guid> Seen(Caller caller, ConfigurationSnapshots snapshots) =>
        caller.Tenants.Count > 0 ? caller.Tenants : snapshots.Operator()?.Tenants ?? [];

    private static CallbackItem Show(ContactState contact)
    {
        var plan = contact.Callback!;
        return new CallbackItem(
            contact.Id, contact.Tenant, plan.Queue, plan.Number, plan.First, plan.FirstAt, plan.Try, plan.Offer.Tries, plan.DueAt, plan.Until, StateOf(contact, plan),
            contact.PlaceSince);
    }

    private static string StateOf(ContactState contact, CallbackPlan plan) =>
        plan.IsReached ? "reached"
        : plan.DialledAt is not null ? "dialling"
        : contact.Legs.Any(leg => leg.IsBeforeAnswer) ? "offered"
        : contact.Queue is not null ? "waiting" : "planned";

    /// <param name="First">The contact of the customer's own call, which entered the queue at <paramref name="FirstAt"/>.</param>
    /// <param name="Until">Given up after that.</param>
    /// <param name="State">planned, waiting, offered, dialling, or reached: the customer is or was on the line.</param>
    /// <param name="WaitingSince">The adjusted entry of its place; null while it is planned.</param>
    internal sealed record CallbackItem(
        Guid Contact, Guid Tenant, Guid Queue, string Number, Guid First, DateTimeOffset FirstAt, int Try, int Tries, DateTimeOffset DueAt, DateTimeOffset Until,
        string State, DateTimeOffset? WaitingSince);
}
