from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class PortalAccountAdapter(DefaultAccountAdapter):
    pass


class PortalSocialAccountAdapter(DefaultSocialAccountAdapter):
    pass


class PortalMFAAdapter(DefaultMFAAdapter):
    pass
