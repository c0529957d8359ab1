using System.Net;
using CallCenter.TestKit.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting.Tests.Dapr;

/// <summary>What the tests with the sidecar of our own making hold to be so, asked of Dapr itself. Needs daprd on the PATH.</summary>
public sealed class DaprdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callcenter-daprd-").FullName;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private WebApplicationBuilder Builder(Daprd daprd, string secret)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Dapr:HttpEndpoint"] = daprd.Endpoint, ["Dapr:SecretStore"] = Daprd.Store, ["Dapr:Secret"] = secret, ["Data:Folder"] = _folder,
        });
        return builder;
    }

    [Fact(Explicit = true), Trait("soak", "dapr")]
    public async Task Secrets_and_requests_go_through_daprd()
    {
        var master = Convert.ToBase64String(new byte[32]);
        await using var ivr = await TestHost.Start(new Dictionary<string, string?> { ["Data:Folder"] = _folder }, _ => { }, app =>
        {
            app.MapCallCenterDefaults();
            app.MapGet("/api/echo/{what}", (string what, HttpRequest request) => $"{what}{request.QueryString}").RequireRoles(Role.Service);
        });
        await using var daprd = await Daprd.Start(_folder, "ivr", new Uri(ivr.Url).Port, new() { ["callcenter"] = new() { ["Keys__Master"] = master } });

        var builder = Builder(daprd, "callcenter");
        await builder.UseSidecar(ct: Ct);
        builder.Configuration["Keys:Master"].ShouldBe(master, daprd.Output);
        builder.AddCallCenterDefaults();
        builder.AddServiceClient("Ivr");
        builder.AddServiceClient("Crm");
        await using var caller = builder.Build();
        var clients = caller.Services.GetRequiredService<IHttpClientFactory>();

        using var toIvr = clients.CreateClient("Ivr");
        (await toIvr.GetStringAsync(new Uri("/api/echo/told?x=%2F", UriKind.Relative), Ct)).ShouldBe("told?x=%2F", daprd.Output);
        using var nothing = await toIvr.GetAsync(new Uri("/api/nothing", UriKind.Relative), Ct);
        nothing.StatusCode.ShouldBe(HttpStatusCode.NotFound, "the service's own answer");

        using var toCrm = clients.CreateClient("Crm");
        (await Should.ThrowAsync<SidecarException>(() => toCrm.GetAsync(new Uri("/api/nothing", UriKind.Relative), Ct))).ErrorCode.ShouldBe("ERR_DIRECT_INVOKE", daprd.Output);
        using var client = new SidecarClient(new(new(daprd.Endpoint), null), TimeProvider.System);
        var noStore = await Should.ThrowAsync<SidecarException>(() => client.Secrets("none", Ct));
        (noStore.ErrorCode, noStore.IsTransient).ShouldBe(("ERR_SECRET_STORE_NOT_FOUND", false));
        (await client.Secrets(Daprd.Store, Ct)).Values.SelectMany(s => s.Values).ShouldContain(master);
    }
}
