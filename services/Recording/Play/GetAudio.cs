using CallCenter.Contracts.Recording;
using CallCenter.Hosting;
using CallCenter.Recording.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Recording.Play;

/// <summary>
/// <c>GET /api/recordings/{id}/audio</c>: 1. the recording, if the caller may hear it; 2. the tenant's key; 3. every block is
/// checked; 4. the listening is logged; 5. the WAV file, or the range of it that was asked for.
/// </summary>
internal sealed class GetAudio(
    [FromKeyedServices(RecordingService.Name)] ServiceDatabase database, [FromKeyedServices(RecordingService.Name)] ConfigurationSnapshots snapshots,
    TenantKeys keys, BlockFiles files, Visible visible, TimeProvider clock, ILogger<GetAudio> logger)
{
    private const int MaxRangeLength = 200;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/recordings/{id:guid}/audio", (Guid id, Caller caller, HttpRequest request, GetAudio get, CancellationToken ct) => get.Handle(id, caller, request, ct))
            .RequireRoles(Visible.Roles);

    private async Task<IResult> Handle(Guid id, Caller caller, HttpRequest request, CancellationToken ct)
    {
        var tenants = visible.Tenants(caller);
        var row = tenants.Count == 0 ? null : Visible.Only(caller, await database.InTenants(tenants, (c, t) => RecordingRows.Find(c, t, id), ct));
        if (row is null)
        {
            return Problems.NotFound("recording");
        }

        if (snapshots.Tenant(row.Tenant) is not { } tenant)
        {
            return Problems.Unavailable("The tenant's key is not known yet: try again when Tenancy answers.");
        }

        try
        {
            var stream = Open(row, await Blocks(row, caller, request, ct), keys.Unwrap(tenant.DataKey));
            return Results.Stream(stream, "audio/wav", enableRangeProcessing: true);
        }
        catch (RecordingDamagedException e)
        {
            Log.Damaged(logger, e, row.Id, row.Tenant);
            Telemetry.Damaged.Add(1);
            return Results.Problem(statusCode: StatusCodes.Status500InternalServerError, title: "The recording is damaged", detail: e.Message);
        }
    }

    /// <summary>The blocks; that they were asked for is logged in the same transaction.</summary>
    private Task<IReadOnlyList<StoredBlock>> Blocks(RecordingRow row, Caller caller, HttpRequest request, CancellationToken ct)
    {
        var range = request.Headers.Range.ToString() is { Length: > 0 } asked ? asked[..Math.Min(asked.Length, MaxRangeLength)] : null;
        return database.InTenant(row.Tenant, async (c, t) =>
        {
            await RecordingRows.AddAccess(c, t, row, clock.GetUtcNow(), caller.User, caller.Name, caller.Role.Name(), range);
            return await RecordingRows.Blocks(c, t, row.Id);
        }, ct);
    }

    private RecordingStream Open(RecordingRow row, IReadOnlyList<StoredBlock> blocks, byte[] dataKey)
    {
        var cipher = new RecordingCipher(dataKey, row.Tenant, row.Id);
        SafeFileHandle? file = null;
        try
        {
            file = blocks.Count == 0 ? null : OpenFile(row);
            return new(RecordingIndex.Build(row.Id, blocks, row.Hash, row.LengthMs, file, cipher), file, cipher);
        }
        catch
        {
            file?.Dispose();
            cipher.Dispose();
            throw;
        }
    }

    private SafeFileHandle OpenFile(RecordingRow row)
    {
        try
        {
            return files.Open(row.Place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecordingDamagedException($"The recording's file cannot be read ({e.GetType().Name}): restore it from a backup.", e);
        }
    }
}
