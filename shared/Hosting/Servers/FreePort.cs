using System.Net;
using System.Net.Sockets;

namespace CallCenter.Hosting;

/// <summary>Ports of this machine.</summary>
public static class FreePort
{
    /// <summary>A TCP port of 127.0.0.1 that nobody listens on now; another process may take it before it is opened.</summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>So many different ones.</summary>
    public static IReadOnlyList<int> Find(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        sockets.ForEach(socket => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
        var ports = sockets.ConvertAll(socket => ((IPEndPoint)socket.LocalEndPoint!).Port);
        sockets.ForEach(socket => socket.Dispose());
        return ports;
    }
}
