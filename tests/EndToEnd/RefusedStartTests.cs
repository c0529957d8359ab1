using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>A start that cannot be: one line that says what is wrong and how to mend it, and a non-zero exit.</summary>
[Trait("needs", "server")]
public sealed class RefusedStartTests(CentreFixture fixture) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);
    private readonly string _data = Directory.CreateTempSubdirectory("callcenter-refused-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_taken_http_port_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var ports = FreePorts.Find() with { Http = ((IPEndPoint)taken.LocalEndpoint).Port };

        (await Start(ports, _data)).ShouldBeOneLineWith($"HTTP port {ports.Http}", "in use", "--http");
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public async Task A_taken_sip_port_is_named(SocketType type)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (type == SocketType.Stream)
        {
            taken.Listen();
        }
        var ports = FreePorts.Find() with { Sip = ((IPEndPoint)taken.LocalEndPoint!).Port };

        (await Start(ports, _data)).ShouldBeOneLineWith($"SIP port {ports.Sip}", "in use", "--sip");
    }

    [Theory]
    [InlineData("HTTP")]
    [InlineData("SIP")]
    public async Task A_port_that_is_taken_while_it_starts_is_named(string which)
    {
        var ports = FreePorts.Find();
        var port = which == "SIP" ? ports.Sip : ports.Http;
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var (end, said) = await Start(ports, _data, line =>
        {
            // The database is there: the ports have been looked at and are not open yet.
            if (line.Contains("database", StringComparison.Ordinal) && !taken.IsBound)
            {
                taken.Bind(new IPEndPoint(IPAddress.Loopback, port));
                taken.Listen();
            }
        });

        taken.IsBound.ShouldBeTrue(said);
        end.ShouldBe(1, said);
        said.Split('\n')[^1].ShouldStartWith("callcenter: ");
        said.Split('\n')[^1].ShouldContain($"{port}");
    }

    [Fact]
    public async Task Taken_rtp_ports_are_named()
    {
        var ports = FreePorts.Find();
        ports = ports with { RtpTo = ports.RtpFrom + 3 };
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, ports.RtpFrom));

        (await Start(ports, _data)).ShouldBeOneLineWith($"RTP ports {ports.RtpFrom}-{ports.RtpTo}", "in use", "--rtp");
    }

    [Fact]
    public async Task A_data_folder_in_use_names_its_process()
    {
        var center = await fixture.Center();

        (await Start(FreePorts.Find(), center.Data)).ShouldBeOneLineWith(center.Data, $"in use by another process (pid {center.ProcessId})", "--data");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_used_is_named()
    {
        var file = Path.Combine(_data, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        (await Start(FreePorts.Find(), file)).ShouldBeOneLineWith(file, "cannot be used", "--data");
    }

    [Fact]
    public async Task A_taken_https_port_and_a_certificate_that_is_none_are_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        (await Start(FreePorts.Find(), _data, $"Https:Port={port}")).ShouldBeOneLineWith($"HTTPS port {port}", "in use", "--https");

        var file = Path.Combine(_data, "none.pem");
        await File.WriteAllTextAsync(file, "no certificate", TestContext.Current.CancellationToken);
        (await Start(FreePorts.Find(), _data, $"Https:Port={FreePorts.Any(SocketType.Stream)}", $"Https:Certificate={file}", $"Https:Key={file}")).ShouldBeOneLineWith(file, "cannot be used", "PEM");
    }

    [Theory]
    [InlineData("--https 0 is not a port", "run", "--https", "0")]
    [InlineData("--https, --sip and --sips are 8080", "run", "--https", "8080")]
    [InlineData("give both", "run", "--https", "8443", "--cert", "/etc/hostname")]
    [InlineData("add --https PORT", "run", "--cert", "/etc/hostname", "--key", "/etc/hostname")]
    [InlineData("--sip 99999 is not a port", "run", "--sip", "99999")]
    [InlineData("--http eighty is not a port", "run", "--http", "eighty")]
    [InlineData("--rtp 5-4 is not a range", "run", "--rtp", "5-4")]
    [InlineData("--bind nowhere is not an address", "run", "--bind", "nowhere")]
    [InlineData("--bind ::1,::2 is not an address, nor an IPv4 and an IPv6 one", "run", "--bind", "::1,::2")]
    [InlineData("add --advertise", "run", "--bind", "0.0.0.0")]
    [InlineData("--data needs a value", "run", "--data")]
    [InlineData("unknown option '--colour'", "run", "--colour")]
    [InlineData("unknown command 'walk'", "walk")]
    public async Task A_broken_option_is_named(string says, params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Source.Root, "callcenter"), arguments)
        {
            RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        })!;
        var said = await script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        (script.ExitCode, said).ShouldBeOneLineWith(says);
    }

    private static Task<(int ExitCode, string Said)> Start(FreePorts ports, string data, params string[] more) => Start(ports, data, _ => { }, more);

    private static async Task<(int ExitCode, string Said)> Start(FreePorts ports, string data, Action<string> said, params string[] more)
    {
        var lines = new List<string>();
        using var process = RunningCenter.Launch(RunningCenter.Arguments(ports, data, more), line =>
        {
            said(line);
            lines.Add(line);
        });
        try
        {
            await process.WaitForExitAsync().WaitAsync(Soon);
        }
        catch (TimeoutException)
        {
            process.Kill();
            Assert.Fail($"It has not ended within {Soon}: {string.Join('\n', lines)}");
        }

        return (process.ExitCode, string.Join('\n', lines.Where(l => l.Length > 0)));
    }
}

internal static class RefusedStartChecks
{
    public static void ShouldBeOneLineWith(this (int ExitCode, string Said) end, params string[] parts)
    {
        end.ExitCode.ShouldNotBe(0, end.Said);
        end.Said.Trim().Split('\n').ShouldHaveSingleItem();
        parts.ShouldAllBe(part => end.Said.Contains(part, StringComparison.Ordinal), end.Said);
    }
}
