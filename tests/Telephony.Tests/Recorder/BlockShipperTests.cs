using System.Collections.Concurrent;
using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Hosting;
using CallCenter.Telephony.Recorder;
using CallCenter.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Recorder;

/// <summary>The way of blocks from the gateway's spool through a Dapr sidecar to Recording's path.</summary>
public sealed class BlockShipperTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<(string Recording, int Number, byte[] Sealed)> stored = new();
    private SidecarServer sidecar = null!;
    private WebApplication recording = null!, gateway = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        sidecar = await SidecarServer.Start();
        recording = (await Builder("recording", sidecar: false)).Build();
        recording.MapCallCenterDefaults();
        recording.MapPut("/api/recordings/{id}/blocks", Store).RequireRoles(Role.Service);
        await recording.StartAsync(Ct);
        var builder = await Builder("telephony", sidecar: true);
        builder.AddServiceClient("Recording");
        gateway = builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await recording.DisposeAsync();
        await sidecar.DisposeAsync();
        folder.Dispose();
    }

    private async Task<WebApplicationBuilder> Builder(string name, bool sidecar)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Data:Folder"] = folder.File(name), ["Keys:Token"] = Convert.ToBase64String(new byte[32]), ["Urls"] = "http://127.0.0.1:0",
            ["Dapr:HttpEndpoint"] = sidecar ? this.sidecar.Endpoint : null,
        });
        await builder.UseSidecar(ct: Ct);
        builder.AddCallCenterDefaults();
        return builder;
    }

    private async Task<IResult> Store(string id, HttpRequest request)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, Ct);
        if (request.Headers[BlockUpload.HashHeader] != Convert.ToHexStringLower(SHA256.HashData(content.ToArray())))
        {
            return Problems.Invalid("The body is not what its hash says.");
        }
        foreach (var block in BlockUpload.Unpack(content.ToArray())!)
        {
            stored.Enqueue((id, block.Number, block.Sealed));
        }
        return Results.NoContent();
    }

    [Fact]
    public async Task Blocks_wait_while_the_sidecar_refuses_or_fails_and_then_arrive_whole_none_set_aside()
    {
        var header = new BlockHeader(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), 0, 500);
        var blocks = Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetBytes(8_000)).ToList();
        using var spool = new BlockSpool(folder.Path);
        for (var n = 0; n < blocks.Count; n++)
        {
            spool.Append(header with { Number = n }, blocks[n]);
        }
        spool.Complete();
        // 400 and 413 of Recording itself would set the blocks aside for good; the sidecar's are not Recording's.
        sidecar.FailNext(500, "ERR_DIRECT_INVOKE", "failed to invoke, id: recording, err: circuit breaker is open");
        sidecar.FailNext(400, "ERR_BODY_READ", "failed to read request body");
        sidecar.AnswerNext(502, "text/html", "<html>a proxy</html>");

        var refused = folder.File("refused");
        var shipper = new BlockShipper(gateway.Services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, refused, NullLogger<BlockShipper>.Instance);
        var run = shipper.Run(spool, Ct);
        await Eventually.Be(() => sidecar.Requests.Count(r => r.App == "recording") == 4); // three faults; then the app is not known yet
        stored.ShouldBeEmpty();
        sidecar.Apps["recording"] = recording.Urls.First();
        await run;

        stored.Select(b => (b.Recording, b.Number)).ShouldBe(Enumerable.Range(0, 3).Select(n => (header.Recording.ToString(), n)));
        stored.Select(b => b.Sealed).ShouldBe(blocks);
        spool.Unshipped.ShouldBe(0);
        Directory.Exists(refused).ShouldBeFalse();
    }
}
