using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Hosting;
using CallCenter.Recording.Sealing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Recording.Store;

/// <summary>
/// <c>PUT /api/recordings/{id}/blocks/{n}</c> (<see cref="BlockUpload"/>):
/// 1. number, headers, size and hash are checked; 2. the recording's row is made or locked; 3. a repetition is answered as the
/// first time; 4. the block is appended and flushed to disk, then indexed; 5. the last one seals the recording; 6. commit, 204.
/// </summary>
internal sealed class PutBlock(
    [FromKeyedServices(RecordingService.Name)] ServiceDatabase database, [FromKeyedServices(RecordingService.Name)] Outbox outbox,
    BlockFiles files, Seal seal, TimeProvider clock)
{
    private const int SmallestSealed = RecordingBlock.HeaderSize + 2 + RecordingCipher.Overhead;

    private sealed record Block(Guid Tenant, Guid Contact, Guid? Agent, Guid Recording, int Number, byte[] Body, byte[] Hash);

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => RecordingCipher.MaxSealedSize;
    }

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPut("/api/recordings/{id:guid}/blocks/{number:long}", (Guid id, long number, HttpRequest request, PutBlock put, CancellationToken ct) => put.Handle(id, number, request, ct))
            .RequireRoles(Role.Service).WithMetadata(new BodyLimit());

    private async Task<IResult> Handle(Guid id, long number, HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        var bytes = body.ToArray();
        var hash = SHA256.HashData(bytes);
        var block = new Block(
            Header(request, BlockUpload.TenantHeader), Header(request, BlockUpload.ContactHeader), Agent(request), id, (int)Math.Min(number, int.MaxValue), bytes, hash);
        var errors = Errors(block, request.Headers[BlockUpload.HashHeader].ToString()).ToList();
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var (conflict, stamped) = await database.InTenant(block.Tenant, (c, t) => Store(c, t, block, ct), ct);
        outbox.Committed(stamped);
        return conflict is null ? Results.NoContent() : Problems.Conflict(conflict);
    }

    private static Guid Header(HttpRequest request, string name) => Guid.TryParse(request.Headers[name], out var id) ? id : Guid.Empty;

    /// <summary>Null when the header is not there: a message of the caller alone.</summary>
    private static Guid? Agent(HttpRequest request) => request.Headers.ContainsKey(BlockUpload.AgentHeader) ? Header(request, BlockUpload.AgentHeader) : null;

    private static IEnumerable<string> Errors(Block block, string hash)
    {
        if (block.Tenant == Guid.Empty || block.Contact == Guid.Empty || block.Agent == Guid.Empty)
        {
            yield return $"Give the ids in the headers {BlockUpload.TenantHeader}, {BlockUpload.ContactHeader} and, unless the caller speaks alone, {BlockUpload.AgentHeader}.";
        }

        if (block.Number is < 0 or >= RecordingBlock.MaxBlocks)
        {
            yield return $"A block's number is 0 to {RecordingBlock.MaxBlocks - 1}.";
        }

        if (block.Body.Length < SmallestSealed)
        {
            yield return $"A sealed block has {SmallestSealed} to {RecordingCipher.MaxSealedSize} bytes, not {block.Body.Length}.";
        }

        if (hash != Convert.ToHexStringLower(block.Hash))
        {
            yield return $"The body is not what {BlockUpload.HashHeader} says; send it again.";
        }
    }

    private async Task<(string? Conflict, IReadOnlyList<Contracts.DomainEvent> Stamped)> Store(NpgsqlConnection c, NpgsqlTransaction t, Block block, CancellationToken ct)
    {
        var row = await RecordingRows.Ensure(c, t, block.Tenant, block.Recording, block.Contact, block.Agent, clock.GetUtcNow());
        if (row is null || row.Contact != block.Contact || row.Agent != block.Agent)
        {
            return ("The recording belongs to another contact or agent.", []);
        }

        if (await RecordingRows.HashOf(c, t, row.Id, block.Number) is { } present)
        {
            Telemetry.Repeated.Add(1);
            return (present.AsSpan().SequenceEqual(block.Hash) ? null : $"Another block is stored under number {block.Number}.", []);
        }

        if (block.Number >= row.Expected)
        {
            return ($"The recording ended with {row.Expected} blocks.", []);
        }

        var position = files.Append(row.Place, block.Body);
        await RecordingRows.AddBlock(c, t, row, new(block.Number, position, block.Body.Length, block.Hash));
        Telemetry.Stored.Add(1);
        return await seal.IfComplete(c, t, row.Id) is { } told ? (null, await outbox.Publish(c, t, [told], ct)) : (null, []);
    }
}
