using CallCenter.Contracts.Recording;
using CallCenter.Hosting;
using CallCenter.Recording.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallCenter.Recording.Play;

/// <summary>
/// <c>GET /api/recordings/{id}/audio</c>: 1. the recording, if the caller may hear it; 2. the tenant's key; 3. every block is
/// checked; 4. the listening is logged; 5. the WAV file, or the range of it that was asked for.
/// </summary>
internal sealed class GetAudio(
    [FromKeyedServices(RecordingService.Name)] ServiceDatabase database, [FromKeyedServices(RecordingService.Name)] ConfigurationSnapshots snapshots,
    TenantKeys keys, StoredRecordings recordings, Visible visible, TimeProvider clock, ILogger<GetAudio> logger)
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
            var stream = await Open(row, await Blocks(row, caller, request, ct), keys.Unwrap(tenant.DataKey), ct);
            return Results.Stream(stream, "audio/wav", enableRangeProcessing: true);
        }
        catch (RecordingDamagedException e)
        {
            Log.Damaged(logger, e, row.Id, row.Tenant);
            Telemetry.Damaged.Add(1);
            return Results.Problem(statusCode: StatusCodes.Status500InternalServerError, title: "The recording is damaged", detail: e.Message);
        }
        catch (SidecarException e)
        {
            Log.ObjectNotRead(logger, row.Id, row.Tenant, e.Message);
            return Problems.Unavailable("The object storage does not give the recording now: try again later; the log has the reason.");
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

    private async Task<RecordingStream> Open(RecordingRow row, IReadOnlyList<StoredBlock> blocks, byte[] dataKey, CancellationToken ct)
    {
        var cipher = new RecordingCipher(dataKey, row.Tenant, row.Id);
        OpenedRecording? opened = null;
        try
        {
            opened = blocks.Count == 0 ? null : await OpenBlocks(row, blocks, ct);
            return new(RecordingIndex.Build(row.Id, opened?.Blocks ?? [], row.Hash, row.LengthMs, opened?.File, cipher), opened?.File, cipher);
        }
        catch
        {
            opened?.File.Dispose();
            cipher.Dispose();
            throw;
        }
    }

    private async Task<OpenedRecording> OpenBlocks(RecordingRow row, IReadOnlyList<StoredBlock> blocks, CancellationToken ct)
    {
        try
        {
            return await recordings.Open(row.Place, blocks, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecordingDamagedException($"The recording's file cannot be read ({e.GetType().Name}): restore it from a backup.", e);
        }
    }
}
