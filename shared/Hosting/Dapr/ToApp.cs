namespace CallCenter.Hosting;

/// <summary>
/// Service invocation: the request goes to the sidecar as it is, with the app's id in the header <c>dapr-app-id</c>, and the app's answer
/// comes back as it is. What the sidecar says of itself is thrown, so that it is never taken for the service's answer.
/// </summary>
internal sealed class ToApp(SidecarAddress sidecar, string app) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery;
        var wanted = $"{request.Method} {request.RequestUri.AbsolutePath} of the app '{app}'";
        sidecar.Address(request, path);
        request.Headers.TryAddWithoutValidation(SidecarAddress.AppHeader, app);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw SidecarErrors.Away(wanted, sidecar, e.Message, e);
        }
        if (await SidecarErrors.Find(wanted, response, cancellationToken) is { } error)
        {
            response.Dispose();
            throw error;
        }
        return response;
    }
}
