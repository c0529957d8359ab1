using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Hosting;
using CallCenter.Recording.Sealing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.Recording.Store;

/// <summary>
/// <c>PUT /api/recordings/{id}/blocks</c> (<see cref="BlockUpload"/>):
/// 1. form, numbers, headers, sizes and hash are checked; 2. the recording's row is made or locked; 3. repetitions are answered as
/// the first time; 4. new blocks are stored together, on disk or as an object, then indexed; 5. the last one seals the recording;
/// 6. commit, 204.
/// </summary>
internal sealed class PutBlocks(
    [FromKeyedServices(RecordingService.Name)] ServiceDatabase database, [FromKeyedServices(RecordingService.Name)] Outbox outbox,
    IBlockStore store, Seal seal, TimeProvider clock, ILogger<PutBlocks> logger)
{
    private const int SmallestSealed = RecordingBlock.HeaderSize + 2 + RecordingCipher.Overhead;

    private sealed record Block(int Number, byte[] Body, byte[] Hash);

    private sealed record Upload(Guid Tenant, Guid Contact, Guid? Agent, Guid Recording, IReadOnlyList<Block> Blocks);

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => BlockUpload.SizeMax;
    }

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPut("/api/recordings/{id:guid}/blocks", (Guid id, HttpRequest request, PutBlocks put, CancellationToken ct) => put.Handle(id, request, ct))
            .RequireRoles(Role.Service).WithMetadata(new BodyLimit());

    private async Task<IResult> Handle(Guid id, HttpRequest request, CancellationToken ct)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, ct);
        var body = content.ToArray();
        if (BlockUpload.Unpack(body) is not { } blocks)
        {
            return Problems.Invalid([$"The body holds 1 to {BlockUpload.BlocksMax} blocks, each after its number and its length in 4 bytes each."]);
        }

        var upload = new Upload(
            Header(request, BlockUpload.TenantHeader), Header(request, BlockUpload.ContactHeader), Agent(request), id,
            [.. blocks.Select(block => new Block(block.Number, block.Sealed, SHA256.HashData(block.Sealed)))]);
        var errors = Errors(upload).ToList();
        if (request.Headers[BlockUpload.HashHeader].ToString() != Convert.ToHexStringLower(SHA256.HashData(body)))
        {
            errors.Add($"The body is not what {BlockUpload.HashHeader} says; send it again.");
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        try
        {
            var (conflict, stamped) = await database.InTenant(upload.Tenant, (c, t) => Store(c, t, upload, ct), ct);
            outbox.Committed(stamped);
            return conflict is null ? Results.NoContent() : Problems.Conflict(conflict);
        }
        catch (SidecarException e)
        {
            Log.ObjectNotStored(logger, id, upload.Tenant, e.Message);
            return Problems.Unavailable("The object storage takes no blocks now: send them again.");
        }
    }

    private static Guid Header(HttpRequest request, string name) => Guid.TryParse(request.Headers[name], out var id) ? id : Guid.Empty;

    /// <summary>Null when the header is not there: a message of the caller alone.</summary>
    private static Guid? Agent(HttpRequest request) => request.Headers.ContainsKey(BlockUpload.AgentHeader) ? Header(request, BlockUpload.AgentHeader) : null;

    private static IEnumerable<string> Errors(Upload upload)
    {
        if (upload.Tenant == Guid.Empty || upload.Contact == Guid.Empty || upload.Agent == Guid.Empty)
        {
            yield return $"Give the ids in the headers {BlockUpload.TenantHeader}, {BlockUpload.ContactHeader} and, unless the caller speaks alone, {BlockUpload.AgentHeader}.";
        }

        if (upload.Blocks.Any(block => block.Number is < 0 or >= RecordingBlock.MaxBlocks))
        {
            yield return $"A block's number is 0 to {RecordingBlock.MaxBlocks - 1}.";
        }

        if (upload.Blocks.DistinctBy(block => block.Number).Count() < upload.Blocks.Count)
        {
            yield return "Each number comes once.";
        }

        if (upload.Blocks.FirstOrDefault(block => block.Body.Length is < SmallestSealed or > RecordingCipher.MaxSealedSize) is { } wrong)
        {
            yield return $"A sealed block has {SmallestSealed} to {RecordingCipher.MaxSealedSize} bytes, not {wrong.Body.Length}.";
        }
    }

    private async Task<(string? Conflict, IReadOnlyList<Contracts.DomainEvent> Stamped)> Store(NpgsqlConnection c, NpgsqlTransaction t, Upload upload, CancellationToken ct)
    {
        var row = await RecordingRows.Ensure(c, t, upload.Tenant, upload.Recording, upload.Contact, upload.Agent, clock.GetUtcNow());
        if (row is null || row.Contact != upload.Contact || row.Agent != upload.Agent)
        {
            return ("The recording belongs to another contact or agent.", []);
        }

        var present = await RecordingRows.HashesOf(c, t, row.Id, [.. upload.Blocks.Select(block => block.Number)]);
        if (upload.Blocks.FirstOrDefault(block => present.TryGetValue(block.Number, out var hash) && !hash.AsSpan().SequenceEqual(block.Hash)) is { } other)
        {
            return ($"Another block is stored under number {other.Number}.", []);
        }

        Telemetry.Repeated.Add(present.Count);
        List<Block> added = [.. upload.Blocks.Where(block => !present.ContainsKey(block.Number))];
        if (added.Count == 0)
        {
            return (null, []);
        }

        if (added.Any(block => block.Number >= row.Expected))
        {
            return ($"The recording ended with {row.Expected} blocks.", []);
        }

        var at = await store.Append(row.Place, [.. added.Select(block => block.Body)], ct);
        await RecordingRows.AddBlocks(c, t, row, Indexed(added, at));
        Telemetry.Stored.Add(added.Count);
        return await seal.IfComplete(c, t, row.Id) is { } told ? (null, await outbox.Publish(c, t, [told], ct)) : (null, []);
    }

    private static List<StoredBlock> Indexed(List<Block> blocks, StoredAt at)
    {
        var position = at.Position;
        var stored = new List<StoredBlock>(blocks.Count);
        foreach (var block in blocks)
        {
            stored.Add(new(block.Number, position, block.Body.Length, block.Hash, at.Object));
            position += block.Body.Length;
        }

        return stored;
    }
}
