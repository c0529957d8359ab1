using CallCenter.Hosting;
using CallCenter.Recording.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Recording.Play;

/// <summary>A recording as it is listed.</summary>
/// <param name="Agent">Null for a caller's message.</param>
/// <param name="LengthMs">Null while it runs.</param>
/// <param name="Sealed">True when every block is there and the chain is closed.</param>
internal sealed record RecordingItem(Guid Id, Guid Tenant, Guid Contact, Guid? Agent, DateTime? StartedAt, long? LengthMs, int Blocks, bool Sealed, string? Hash)
{
    public static RecordingItem Of(RecordingRow row) => new(
        row.Id, row.Tenant, row.Contact, row.Agent, row.StartedAt, row.LengthMs, row.Blocks, row.SealedAt is not null, row.Hash is null ? null : Convert.ToHexStringLower(row.Hash));
}

/// <summary><c>GET /api/recordings?tenant=&amp;contact=</c>: the newest that the caller may see.</summary>
internal sealed class ListRecordings([FromKeyedServices(RecordingService.Name)] ServiceDatabase database, Visible visible)
{
    private const int MaxItems = 500;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/recordings", (Guid? tenant, Guid? contact, Caller caller, ListRecordings list, CancellationToken ct) => list.Handle(tenant, contact, caller, ct))
            .RequireRoles(Visible.Roles);

    private async Task<IResult> Handle(Guid? tenant, Guid? contact, Caller caller, CancellationToken ct)
    {
        var tenants = visible.Tenants(caller);
        if (tenant is { } one)
        {
            if (!tenants.Contains(one))
            {
                return Problems.NotFound("tenant");
            }

            tenants = [one];
        }

        var found = tenants.Count == 0 ? [] : await database.InTenants(tenants, (c, t) => RecordingRows.List(c, t, contact, Visible.Agent(caller), MaxItems), ct);
        return Results.Ok(new { items = found.Select(RecordingItem.Of) });
    }
}
