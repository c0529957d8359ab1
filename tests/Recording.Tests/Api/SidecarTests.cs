using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Recording.Tests.Play;
using CallCenter.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Recording.Tests.Api;

[Trait("needs", "server")]
public sealed class SidecarTests(PostgresFixture postgres)
{
    private readonly Guid _tenant = Guid.CreateVersion7(), _contact = Guid.CreateVersion7(), _agent = Guid.CreateVersion7(), _recording = Guid.CreateVersion7();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_secrets_snapshots_and_blocks_by_way_of_its_sidecar_a_recording_is_sealed_and_played()
    {
        await using var sidecar = await SidecarServer.Start();
        sidecar.Token = "right";
        var configuration = await postgres.NewConfiguration();
        sidecar.Stores["vault"] = new()
        {
            ["callcenter"] = new()
            {
                ["ConnectionStrings__Postgres"] = configuration["ConnectionStrings:Postgres"]!, ["Postgres__RoleKey"] = configuration["Postgres:RoleKey"]!,
                ["Keys__Master"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), ["Keys__Token"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            },
        };
        Dictionary<string, string?> told = new()
        {
            ["Data:Folder"] = configuration["Data:Folder"], ["Dapr:HttpEndpoint"] = sidecar.Endpoint, ["Dapr:SecretStore"] = "vault", ["Dapr:Secret"] = "callcenter",
            ["DAPR_API_TOKEN"] = "right",
        };
        await using var host = await ServiceHost.Start(told, [_tenant], builder => builder.AddRecording(), app => app.MapRecording());
        sidecar.Apps["tenancy"] = sidecar.Apps["recording"] = host.App.Urls.First();
        var snapshots = host.Get<ConfigurationSnapshots>("recording");
        await snapshots.Complete(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);

        await using var gateway = await Gateway(told);
        using var recording = gateway.Services.GetRequiredService<IHttpClientFactory>().CreateClient("Recording");
        var blocks = new Blocks(_tenant, _recording, host.Get<TenantKeys>().Unwrap(snapshots.Tenant(_tenant)!.DataKey));
        (await Put(recording, blocks)).ShouldBe(HttpStatusCode.NoContent);
        await host.Tell(new RecordingStarted(_recording, _agent) { Tenant = _tenant, Stream = _contact });
        await host.Tell(new RecordingEnded(_recording, 2, 2 * RecordingBlock.NominalMs) { Tenant = _tenant, Stream = _contact });

        using var supervisor = host.As(Role.Supervisor);
        var item = (await supervisor.GetFromJsonAsync<JsonElement>($"/api/recordings?contact={_contact}", Ct)).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("sealed").GetBoolean().ShouldBeTrue();
        (await supervisor.GetByteArrayAsync(new Uri($"/api/recordings/{_recording}/audio", UriKind.Relative), Ct)).Length.ShouldBe(44 + 8_000 * 4);
        sidecar.Requests.Where(r => r.App is not null).Select(r => r.App).Distinct().ShouldBe(["tenancy", "recording"], ignoreOrder: true);
    }

    private static async Task<WebApplication> Gateway(Dictionary<string, string?> told)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(told);
        await builder.UseSidecar(ct: Ct);
        builder.AddCallCenterDefaults();
        builder.AddServiceClient("Recording");
        return builder.Build();
    }

    private async Task<HttpStatusCode> Put(HttpClient client, Blocks blocks)
    {
        var body = BlockUpload.Pack([new(0, blocks.Sealed(0)), new(1, blocks.Sealed(1))]);
        using var request = new HttpRequestMessage(HttpMethod.Put, BlockUpload.Path(_recording)) { Content = new ByteArrayContent(body) };
        request.Headers.Add(BlockUpload.TenantHeader, _tenant.ToString());
        request.Headers.Add(BlockUpload.ContactHeader, _contact.ToString());
        request.Headers.Add(BlockUpload.AgentHeader, _agent.ToString());
        request.Headers.Add(BlockUpload.HashHeader, Convert.ToHexStringLower(SHA256.HashData(body)));
        using var response = await client.SendAsync(request, Ct);
        return response.StatusCode;
    }
}
