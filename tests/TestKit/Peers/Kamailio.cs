using System.Net;
using System.Net.Sockets;
using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>
/// Kamailio as the edge before a gateway: passes on what comes from trunks and phones, stays in the route of every dialog (Record-Route) and between
/// gateway and phone (Path), and ends TLS.
/// </summary>
public sealed class Kamailio : IAsyncDisposable
{
    private readonly PeerProcess _process;
    private readonly string _folder;

    private Kamailio(PeerProcess process, string folder, IPEndPoint address, int tlsPort)
    {
        _process = process;
        _folder = folder;
        Address = address;
        Tls = new IPEndPoint(IPAddress.Loopback, tlsPort);
    }

    public string Output => _process.Output;

    /// <summary>UDP and TCP.</summary>
    public IPEndPoint Address { get; }

    public IPEndPoint Tls { get; }

    /// <summary>Starts before that gateway and waits until it takes messages.</summary>
    /// <param name="address">Where it listens, by UDP and TCP.</param>
    /// <param name="gateway">UDP and TCP.</param>
    /// <param name="gatewayTls">Where what came by TLS goes on by TLS.</param>
    /// <param name="carrier">Where the gateway's calls to numbers go.</param>
    public static async Task<Kamailio> Start(IPEndPoint address, IPEndPoint gateway, IPEndPoint gatewayTls, IPEndPoint carrier)
    {
        var folder = Directory.CreateTempSubdirectory("kamailio-").FullName;
        await OwnCertificate.Write(folder);
        var (port, tlsPort) = (address.Port, FreePorts.Any(SocketType.Stream));
        await File.WriteAllTextAsync(Path.Combine(folder, "kamailio.cfg"), Config(folder, gateway, gatewayTls, carrier, port, tlsPort));
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.cfg"), Tlsconfig(folder));
        var process = new PeerProcess("kamailio", "kamailio kamailio-tls-modules",
            ["-f", "kamailio.cfg", "-DD", "-E", "-w", folder, "-Y", folder, "-P", Path.Combine(folder, "pid"), "-m", "32", "-M", "4"], folder);
        var kamailio = new Kamailio(process, folder, address, tlsPort);
        // It listens for TLS last; what comes before its processes are there waits in the sockets.
        await Eventually.Be(() => Listens(kamailio.Tls), TimeSpan.FromSeconds(30));
        return kamailio;
    }

    private static async Task<bool> Listens(IPEndPoint at)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(at);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Tlsconfig(string folder) => $"""
        [server:default]
        method = TLSv1.2+
        certificate = {folder}/certificate.pem
        private_key = {folder}/key.pem
        [client:default]
        method = TLSv1.2+
        verify_certificate = no

        """;

    // A request within a dialog follows its Route; a new one goes to the gateway, or, when it is the gateway's, by its Path to a phone or to the carrier.
    // A phone is reached by the connection that it came by: "received" in Path, "alias" in its Contact. loose_route() takes the Path off and says false to
    // a new request, whose only Route that was: whether there was one is asked before.
    private static string Config(string folder, IPEndPoint gateway, IPEndPoint gatewayTls, IPEndPoint carrier, int port, int tlsPort) => $$"""
        #!KAMAILIO
        debug=2
        log_stderror=yes
        children=1
        tcp_children=1
        enable_tls=yes
        auto_aliases=no
        dns=no
        rev_dns=no
        listen=udp:127.0.0.1:{{port}}
        listen=tcp:127.0.0.1:{{port}}
        listen=tls:127.0.0.1:{{tlsPort}}
        loadmodule "tm.so"
        loadmodule "sl.so"
        loadmodule "rr.so"
        loadmodule "pv.so"
        loadmodule "maxfwd.so"
        loadmodule "textops.so"
        loadmodule "siputils.so"
        loadmodule "path.so"
        loadmodule "nathelper.so"
        loadmodule "tls.so"
        modparam("tls", "config", "{{folder}}/tls.cfg")
        modparam("path", "use_received", 1)
        request_route {
            if (!mf_process_maxfwd_header("10")) {
                sl_send_reply("483", "Too Many Hops");
                exit;
            }
            if (!($si == "{{gateway.Address}}" && ($sp == {{gateway.Port}} || $sp == {{gatewayTls.Port}}))) {
                setflag(1);
                if (is_method("INVITE|UPDATE")) set_contact_alias();
            }
            if (is_method("INVITE")) t_on_reply("answers");
            if (has_totag()) {
                if (!loose_route()) {
                    if (!is_method("ACK")) sl_send_reply("404", "Not Here");
                    else if (t_check_trans()) t_relay();
                    exit;
                }
                handle_ruri_alias();
                t_relay();
                exit;
            }
            if (is_method("CANCEL")) {
                if (t_check_trans()) t_relay();
                exit;
            }
            t_check_trans();
            if (is_method("INVITE")) record_route();
            if (isflagset(1)) {
                if (is_method("REGISTER")) add_path_received();
                if ($proto == "tls") $du = "sip:{{gatewayTls}};transport=tls";
                else $du = "sip:{{gateway}}";
            } else if (is_present_hf("Route")) {
                loose_route();
            } else {
                $du = "sip:{{carrier}}";
            }
            t_relay();
        }
        onreply_route[answers] {
            if (!isflagset(1)) set_contact_alias();
        }

        """;
}
